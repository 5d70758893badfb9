namespace BifrostLite.Schemas.Hub;

/// <summary>What the choices of one guarded answer share: the target, the numbering and the limits.</summary>
internal sealed class GuardScope(IResponseSink next, bool isSequential, Losses losses)
{
    /// <summary>As much as one frame may hold (Wire): more held back than that is an attack or a broken upstream.</summary>
    public const int MaxHeld = 16 * 1024 * 1024;

    /// <summary>No answer has that many blocks; a broken upstream must not fill the memory with their states.</summary>
    private const int MaxBlocks = 100_000;

    private int _blocks;
    private int _numbered;
    private int _held;

    public IResponseSink Next { get; } = next;

    /// <summary>The target shows one block at a time.</summary>
    public bool IsSequential { get; } = isSequential;

    /// <summary>Set where a limit is passed; the guard ends the answer with it.</summary>
    public GatewayError? Failure { get; private set; }

    public int TakeNumber() => _numbered++;

    public void CountBlock()
    {
        if (++_blocks > MaxBlocks)
        {
            Failure ??= GatewayError.Upstream("the upstream's answer has too many blocks");
        }
    }

    public void CountHeld(int bytes)
    {
        _held += bytes;
        if (_held > MaxHeld)
        {
            Failure ??= GatewayError.Upstream("the upstream mixes tool calls that are too large to be put in order");
        }
    }

    /// <summary>Records an event that would break the grammar.</summary>
    public void Drop(EventKind kind) => losses.Add(PathOf(kind), LossReason.Conflict);

    private static string PathOf(EventKind kind) => kind switch
    {
        EventKind.MessageStart => "stream.message_start",
        EventKind.BlockStart => "stream.block_start",
        EventKind.BlockDelta => "stream.block_delta",
        EventKind.BlockStop => "stream.block_stop",
        EventKind.Annotation => "stream.annotation",
        EventKind.Logprobs => "stream.logprobs",
        EventKind.Usage => "stream.usage",
        EventKind.Finish => "stream.finish",
        EventKind.Error => "stream.error",
        EventKind.End => "stream.end",
        _ => "stream.extension",
    };
}
