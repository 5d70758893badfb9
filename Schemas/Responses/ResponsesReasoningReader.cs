using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Reads a reasoning item of an earlier turn: what it shows and the opaque state it is replayed with.</summary>
internal sealed class ResponsesReasoningReader(RequestFields fields)
{
    private static readonly Origin Native = new("", "openai", "responses");

    public ReasoningPart Read(JsonValue item, string path)
    {
        var text = Joined(item, "content"u8, path);
        var isSummary = text.IsEmpty;
        if (isSummary)
        {
            text = Joined(item, "summary"u8, path);
        }

        var id = fields.Text(item, "id", path);
        var carried = fields.Text(item, "encrypted_content", path);
        var state = carried.IsEmpty ? null : ReasoningState.Open(carried, StateKind.Signature, Native);
        if (state is not null && state.Origin == Native)
        {
            state = state with { ItemId = id };
        }

        return new ReasoningPart(text) { State = state, IsSummary = isSummary, Path = path };
    }

    /// <summary>The texts of an array of {type, text}, a blank line between them.</summary>
    private JsonText Joined(JsonValue item, ReadOnlySpan<byte> name, string path)
    {
        if (!RequestFields.Has(item, name, out var parts) || parts.ValueKind != JsonValueKind.Array)
        {
            return default;
        }

        JsonText only = default;
        ArrayBufferWriter<byte>? joined = null;
        foreach (var part in parts.EnumerateArray())
        {
            var text = fields.Text(part, "text", path);
            if (only.IsEmpty && joined is null)
            {
                only = text;
                continue;
            }

            if (joined is null)
            {
                joined = new ArrayBufferWriter<byte>();
                joined.Write(only.Span);
            }

            joined.Write("\\n\\n"u8);
            joined.Write(text.Span);
        }

        return joined is null ? only : new JsonText(joined.WrittenMemory);
    }
}
