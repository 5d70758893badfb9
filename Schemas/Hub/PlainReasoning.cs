namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Reasoning without a signature that its issuer wants back all the same (<see cref="TargetModel.WantsReasoningBack"/>): its
/// blocks get a mark where a signature would stand, so that the tag around it tells on the next turn whose it was. Stands
/// before the guard; everything else passes as it is.
/// </summary>
internal sealed class PlainReasoning(IResponseSink next) : IResponseSink
{
    private readonly HashSet<int> _unsigned = [];

    private static ReadOnlySpan<byte> Mark => "plain"u8;

    /// <summary>Whether a part carries the mark and came from this target.</summary>
    public static bool IsFor(Part part, TargetModel target) =>
        part is ReasoningPart { State: { } state } && state.Data.Is(Mark) && state.IsFor(target, DialectNames.Chat);

    public void On(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.BlockStart when e.Block == BlockKind.Reasoning:
                _unsigned.Add(e.Index);
                break;
            case EventKind.BlockDelta when e.Delta is DeltaKind.Signature or DeltaKind.Redacted:
                _unsigned.Remove(e.Index);
                break;
            case EventKind.BlockStop when _unsigned.Remove(e.Index):
                next.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = e.Index, Choice = e.Choice, Delta = DeltaKind.Signature, Text = Mark });
                break;
        }

        next.On(e);
    }
}
