namespace BifrostLite.Schemas.Hub;

/// <summary>How a block of the upstream stands before the target.</summary>
internal enum GuardedState
{
    /// <summary>Open before the target's eyes.</summary>
    Live,

    /// <summary>Begun upstream, but another block that cannot be interrupted is open: its events wait.</summary>
    Held,

    /// <summary>Stopped by the guard to make room; what still comes opens a further block.</summary>
    Suspended,

    /// <summary>Over.</summary>
    Stopped,
}

/// <summary>What <see cref="StreamGuard"/> remembers of one block of the upstream.</summary>
internal sealed class GuardedBlock(int index, BlockKind kind, byte[] id)
{
    private JsonBalance _arguments;

    /// <summary>The upstream's number of it.</summary>
    public int Index { get; } = index;

    public BlockKind Kind { get; } = kind;

    /// <summary>Number before the target; meaningless while held.</summary>
    public int Number { get; set; }

    public GuardedState State { get; set; } = GuardedState.Held;

    /// <summary>The upstream stopped the block while it was held.</summary>
    public bool IsOver { get; set; }

    public HeldEvents? Held { get; set; }

    /// <summary>Text may be cut in two blocks; arguments, free-form input and base64 may not.</summary>
    public bool IsDivisible => Kind is BlockKind.Text or BlockKind.Reasoning or BlockKind.Refusal;

    /// <summary>Whether the block may be stopped now because another one wants to begin.</summary>
    public bool Yields => IsDivisible || (Kind is BlockKind.Tool or BlockKind.ServerTool && _arguments.IsComplete);

    /// <summary>The vendor repeats the start of a block that is already open.</summary>
    public bool IsRepeatedBy(in ResponseEvent start) => start.Block == Kind && id.Length > 0 && start.Id.SequenceEqual(id);

    public void Watch(in ResponseEvent delta)
    {
        if (Kind is BlockKind.Tool or BlockKind.ServerTool && delta is { Kind: EventKind.BlockDelta, Delta: DeltaKind.Text })
        {
            _arguments.Add(delta.Text);
        }
    }
}
