using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>What happens to the frames of one stream: copied as they are, or translated. Decided once per answer.</summary>
internal abstract class StreamRelay
{
    /// <summary>The stream is at its end, whatever the connection does next.</summary>
    public bool IsOver { get; protected set; }

    /// <summary>The bytes do not follow the stream's framing.</summary>
    public bool IsCorrupt { get; private set; }

    /// <summary>What comes behind the end is the caller's, too, and worth a short wait.</summary>
    public virtual bool AwaitsTail => false;

    /// <summary>Bytes written to the caller so far.</summary>
    public long BytesOut { get; protected set; }

    /// <summary>Takes every complete frame at the front of <paramref name="unread"/>.</summary>
    /// <returns>How many bytes are dealt with.</returns>
    public int Take(ReadOnlySpan<byte> unread, FrameReader frames, bool isLast)
    {
        var at = 0;
        while (at < unread.Length && (!IsOver || PassesTail))
        {
            var status = frames.TryRead(unread[at..], isLast, out var consumed, out var frame);
            if (status == FrameStatus.Incomplete)
            {
                break;
            }

            if (status == FrameStatus.Corrupt)
            {
                IsCorrupt = IsOver = true;
                break;
            }

            if (status == FrameStatus.Frame)
            {
                OnFrame(frame, unread, at, consumed);
            }

            at += consumed;
        }

        OnTaken(unread[..at]);
        return at;
    }

    /// <summary>Frames behind the end pass as far as they are there.</summary>
    protected virtual bool PassesTail => false;

    /// <summary>The upstream is done, of itself (null) or by a failure.</summary>
    public abstract void Complete(GatewayError? failure);

    /// <summary>The upstream stays connected and says nothing: an answer that was whole by then is as whole as one whose stream was closed.</summary>
    protected static bool IsSilence(GatewayError failure) => failure.Status == StatusCodes.Status504GatewayTimeout;

    /// <param name="frame">The frame.</param>
    /// <param name="unread">The bytes it stands in.</param>
    /// <param name="at">Where it begins there.</param>
    /// <param name="length">Its length on the wire.</param>
    protected abstract void OnFrame(in StreamFrame frame, ReadOnlySpan<byte> unread, int at, int length);

    /// <summary>After all frames of one read.</summary>
    protected abstract void OnTaken(ReadOnlySpan<byte> taken);
}
