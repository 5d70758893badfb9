using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>One tool call of a stream as far as it has come.</summary>
internal sealed class ChatCompletionsToolCall(int? key, string id)
{
    /// <summary>The vendor's index; null where it gives none.</summary>
    public int? Key { get; } = key;

    /// <summary>The vendor's id, escaped; empty where it gives none.</summary>
    public string Id { get; set; } = id;

    /// <summary>Block number; -1 while the name has not come.</summary>
    public int Block { get; set; } = -1;

    public bool IsCustom { get; set; }

    /// <summary>Arguments that came before the name.</summary>
    public List<byte> Held { get; } = [];
}

/// <summary>What is open in one choice of a stream.</summary>
internal sealed class ChatCompletionsChoiceState(int number)
{
    public const int None = -1;

    public int Number { get; } = number;

    /// <summary>The text-like block that grows now: text, reasoning or refusal.</summary>
    public int Open { get; set; } = None;

    public BlockKind OpenKind { get; set; }

    /// <summary>
    /// Blanks the answer began with. GLM and its like say a line feed before they reason: it belongs to the text behind the
    /// reasoning, not to a text of its own in front of it.
    /// </summary>
    public byte[] Blanks { get; set; } = [];

    /// <summary>Something other than blanks was said.</summary>
    public bool HasBegun { get; set; }

    /// <summary>The open block is reasoning whose signature has come: what follows is another piece of reasoning.</summary>
    public bool IsSigned { get; set; }

    /// <summary>Item of reasoning_details the open block belongs to.</summary>
    public long? DetailIndex { get; set; }

    public int Audio { get; set; } = None;

    /// <summary>Pages that annotations cite: some vendors list them a second time beside the choices.</summary>
    public HashSet<JsonText> CitedUrls => field ??= [];

    public List<ChatCompletionsToolCall> Calls { get; } = [];

    /// <summary>Null until finish_reason came; the last word counts, since some vendors give one for each tool call.</summary>
    public StopReason? Stop { get; set; }

    /// <summary>The call an item of tool_calls goes on with, or null where it begins a new one.</summary>
    public ChatCompletionsToolCall? Find(int? key, ReadOnlySpan<byte> id, bool hasName)
    {
        for (var i = Calls.Count - 1; i >= 0; i--)
        {
            var call = Calls[i];
            var isSameId = id.IsEmpty || call.Id.Length == 0 || IsText(call.Id, id);
            if (key is not null ? call.Key == key : id.IsEmpty || IsText(call.Id, id))
            {
                // An index used again with another id and a name is another call (vendors that number every call 0).
                return hasName && call.Block >= 0 && (!isSameId || (key is null && id.IsEmpty)) ? null : call;
            }
        }

        return null;
    }

    private static bool IsText(string text, ReadOnlySpan<byte> utf8)
    {
        Span<byte> bytes = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(text, bytes, out var length) ? bytes[..length].SequenceEqual(utf8) : Encoding.UTF8.GetString(utf8) == text;
    }
}
