namespace BifrostLite.Schemas.Wire;

/// <summary>One frame of a stream: a server-sent event or an AWS event-stream message. Spans live until the next read.</summary>
internal readonly ref struct StreamFrame
{
    /// <summary>SSE event name or :event-type / :exception-type; empty where there is none.</summary>
    public ReadOnlySpan<byte> Event { get; init; }

    /// <summary>SSE data lines joined by LF, or the message's payload.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>The message is an exception (:message-type exception or error).</summary>
    public bool IsException { get; init; }

    /// <summary>The frame as it stood on the wire, terminator included.</summary>
    public ReadOnlySpan<byte> Wire { get; init; }
}

/// <summary>What a look for the next frame found.</summary>
internal enum FrameStatus
{
    /// <summary>A frame was read.</summary>
    Frame,

    /// <summary>Consumed bytes held nothing of use (a comment, a blank line): read on. Verbatim they are passed all the same.</summary>
    Skipped,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The bytes are not of this framing (bad CRC, impossible length).</summary>
    Corrupt,
}

/// <summary>Finds frames in a growing buffer. Keeps how far it has looked, so that bytes are scanned once.</summary>
internal abstract class FrameReader
{
    /// <summary>
    /// Looks for one frame at the start of <paramref name="buffer"/>, whose unconsumed bytes must be offered again with
    /// more behind them after <see cref="FrameStatus.Incomplete"/>.
    /// </summary>
    /// <param name="buffer">Everything not yet consumed.</param>
    /// <param name="isLast">The upstream has ended: a last frame without its terminator counts.</param>
    /// <param name="consumed">Bytes to drop from the front; 0 when incomplete.</param>
    /// <param name="frame">The frame, when there is one.</param>
    public abstract FrameStatus TryRead(ReadOnlySpan<byte> buffer, bool isLast, out int consumed, out StreamFrame frame);
}
