using System.Buffers;

namespace BifrostLite.Schemas.Hub;

/// <summary>A whole answer, collected from its events; what an answer writer writes.</summary>
internal sealed class ChatAnswer
{
    public JsonText Id { get; set; }

    /// <summary>The model that answered, as the upstream names it; empty where it does not.</summary>
    public JsonText Model { get; set; }

    /// <summary>Seconds since 1970; 0 where unknown.</summary>
    public long Created { get; set; }

    /// <summary>Blocks of all choices in the order they began.</summary>
    public List<AnswerBlock> Blocks { get; } = new(1);

    /// <summary>Stop reasons by choice.</summary>
    public List<StopReason> Stops { get; } = new(1);

    /// <summary>A field, so that figures are merged where they lie.</summary>
    public Usage Usage;

    /// <summary>Set where the answer failed; nothing else counts then.</summary>
    public GatewayError? Error { get; set; }

    public List<ExtraMember> Extensions { get; } = [];
}

/// <summary>One finished block of an answer.</summary>
internal sealed class AnswerBlock(BlockKind kind, int choice)
{
    public BlockKind Kind { get; } = kind;

    public int Choice { get; } = choice;

    public JsonText Id { get; set; }

    public JsonText Name { get; set; }

    /// <summary>Namespace of a namespaced tool; empty where there is none.</summary>
    public JsonText Namespace { get; set; }

    /// <summary>Text, arguments, base64: whatever the block's deltas were, joined.</summary>
    public JsonText Text { get; set; }

    public JsonText Signature { get; set; }

    public JsonText Redacted { get; set; }

    /// <summary>Offsets in <see cref="Text"/> at which a further summary part begins.</summary>
    public List<int> SummaryBreaks { get; } = [];

    /// <summary>Writes the text with an empty line between the parts of a summary.</summary>
    public void WriteText(IBufferWriter<byte> output)
    {
        var text = Text.Span;
        var start = 0;
        foreach (var end in SummaryBreaks)
        {
            output.Write(text[start..end]);
            output.Write(end > 0 ? "\\n\\n"u8 : default);
            start = end;
        }

        output.Write(text[start..]);
    }

    public List<Citation> Citations { get; } = [];

    /// <summary>JSON array of {token, logprob, bytes, top_logprobs}; absent where none came.</summary>
    public RawJson Logprobs { get; set; }

    public ServerToolOutcome? Outcome { get; set; }

    /// <summary>The block as its own dialect wrote it, where it came with the start.</summary>
    public RawJson Raw { get; set; }
}
