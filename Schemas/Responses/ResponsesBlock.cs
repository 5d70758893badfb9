using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Responses;

/// <summary>What has been told of one block: a message's part, or a whole item of another kind.</summary>
internal sealed class ResponsesBlock(int index, int output, BlockKind kind)
{
    /// <summary>Part number of a block that is a whole item.</summary>
    public const int WholeItem = -1;

    public int Index { get; } = index;

    public int Output { get; } = output;

    public BlockKind Kind { get; } = kind;

    /// <summary>Number of the message's part, or <see cref="WholeItem"/>.</summary>
    public int Key { get; set; } = WholeItem;

    /// <summary>Reasoning: the summary part that grew last.</summary>
    public int Part { get; set; }

    public bool IsSummary { get; set; }

    public bool HasText { get; set; }

    public bool HasLogprobs { get; set; }

    public bool IsStopped { get; set; }

    public int Citations { get; set; }

    public void Send(DeltaKind delta, ReadOnlySpan<byte> text, IResponseSink sink)
    {
        if (!text.IsEmpty || delta == DeltaKind.SummaryBreak)
        {
            sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = Index, Block = Kind, Delta = delta, Text = text });
        }
    }

    public void Stop(IResponseSink sink)
    {
        if (!IsStopped)
        {
            IsStopped = true;
            sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = Index, Block = Kind });
        }
    }
}
