using System.Buffers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Responses;

/// <summary>What the writers of one request share: what is written, for whom, and what could not be said.</summary>
internal sealed class ResponsesWriteScope(ChatRequest request, TargetModel target, Losses losses)
{
    public ChatRequest Request { get; } = request;

    public TargetModel Target { get; } = target;

    public Losses Losses { get; } = losses;

    /// <summary>The caller wrote items and tools of this API, so that raw ones may go out as they came.</summary>
    public bool IsOwnShape { get; } = request.Dialect is DialectNames.Responses or DialectNames.Cursor;

    /// <summary>Some part or tool carried a cache breakpoint, for which this API has no place.</summary>
    public bool HasCache { get; private set; } = request.Cache is not null;

    public void NoteCache(Part part) => HasCache |= part.Cache is not null;

    public void NoteCache(Tool tool) => HasCache |= tool.Cache is not null;

    public void LoseIf(bool isLost, string path, string reason)
    {
        if (isLost)
        {
            Losses.Add(path, reason);
        }
    }

    /// <summary>Texts with a blank line between them.</summary>
    public static JsonText Join(List<JsonText> texts)
    {
        if (texts.Count == 1)
        {
            return texts[0];
        }

        var joined = new ArrayBufferWriter<byte>();
        foreach (var text in texts)
        {
            joined.Write(joined.WrittenCount == 0 ? default : "\\n\\n"u8);
            joined.Write(text.Span);
        }

        return new JsonText(joined.WrittenMemory);
    }
}
