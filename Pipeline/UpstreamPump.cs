using System.Runtime.CompilerServices;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Providers;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>How a read of the upstream ended.</summary>
internal enum PumpStatus
{
    /// <summary>There are bytes to look at in <see cref="UpstreamPump.Unread"/>.</summary>
    Data,

    /// <summary>The upstream closed properly; what is unread is all there is.</summary>
    Ended,

    /// <summary>The connection broke.</summary>
    Broken,

    /// <summary>Nothing came for longer than the idle timeout.</summary>
    Idle,

    /// <summary>More unread bytes than one frame or answer may have.</summary>
    TooLong,
}

/// <summary>
/// Reads an upstream's stream into one pooled buffer. While it waits with nothing unread it holds no buffer at all: a
/// zero-byte read tells when bytes are there, so that thousands of idle streams cost no memory.
/// </summary>
/// <param name="stream">The upstream's body.</param>
/// <param name="idleTimeout">Longest silence between two reads.</param>
/// <param name="maxUnread">Most bytes that may lie unread.</param>
/// <param name="waitsIdle">Whether waiting without a buffer is worth a second call (streams, not whole answers).</param>
/// <param name="deadline">The exchange's; its token ends every read.</param>
internal sealed class UpstreamPump(Stream stream, TimeSpan idleTimeout, int maxUnread, bool waitsIdle, Deadline deadline) : IDisposable
{
    /// <summary>Big enough for a burst of token frames, small enough to stay out of the large object heap.</summary>
    private const int InitialBytes = 16 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _isTimed;

    /// <summary>Gets what is read as well; null where nobody keeps it.</summary>
    public AnswerCopy? Copy { get; init; }

    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>The same bytes, for readers that keep slices until the next read.</summary>
    public ReadOnlyMemory<byte> UnreadMemory => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Everything read so far, in bytes.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Drops bytes that were dealt with; gives the buffer back when none is left.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Release();
        }
    }

    /// <summary>Waits for more bytes behind the unread ones.</summary>
    public ValueTask<PumpStatus> ReadAsync() => ReadAsync(WaitPhase.Silence, idleTimeout);

    /// <summary>The same within another limit; which one ran out is the deadline's to say. Awaited once: a stream waits here for each of its frames.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PumpStatus> ReadAsync(WaitPhase phase, TimeSpan limit)
    {
        limit = limit < idleTimeout ? limit : idleTimeout;
        phase = limit < idleTimeout ? phase : WaitPhase.Silence;
        try
        {
            if (_buffer is null && waitsIdle)
            {
                _ = await Timed(stream.ReadAsync(Memory<byte>.Empty, deadline.Token), phase, limit);
            }

            if (!MakeRoom())
            {
                return PumpStatus.TooLong;
            }

            var count = await Timed(stream.ReadAsync(_buffer.AsMemory(_end), deadline.Token), phase, limit);
            StopClock();
            Copy?.Add(_buffer.AsSpan(_end, count));
            _end += count;
            TotalBytes += count;
            if (count == 0 && _start == _end)
            {
                Release();
            }

            return count == 0 ? PumpStatus.Ended : PumpStatus.Data;
        }
        catch (OperationCanceledException) when (!deadline.IsCallerGone)
        {
            return PumpStatus.Idle;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            return PumpStatus.Broken;
        }
    }

    public void Dispose() => Release();

    /// <summary>Starts the clock for a read that has to wait; one that finds bytes costs no look at the time.</summary>
    private ValueTask<int> Timed(ValueTask<int> read, WaitPhase phase, TimeSpan limit)
    {
        if (!read.IsCompleted)
        {
            _isTimed = true;
            deadline.Begin(phase, limit);
        }

        return read;
    }

    /// <summary>The time a slow caller takes for what was read is not the upstream's silence.</summary>
    private void StopClock()
    {
        if (_isTimed)
        {
            _isTimed = false;
            deadline.Stop();
        }
    }

    private bool MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ByteArrays.Rent(InitialBytes);
            return true;
        }

        if (_end < _buffer.Length)
        {
            return true;
        }

        var unread = _end - _start;
        if (unread >= maxUnread)
        {
            return false;
        }

        // Doubling only when at least half is unread keeps the copies linear in the frame's size.
        var target = unread > _buffer.Length / 2 ? ByteArrays.Rent(_buffer.Length * 2) : _buffer;
        Buffer.BlockCopy(_buffer, _start, target, 0, unread);
        if (!ReferenceEquals(target, _buffer))
        {
            ByteArrays.Return(_buffer);
            _buffer = target;
        }

        _start = 0;
        _end = unread;
        return true;
    }

    private void Release()
    {
        if (_buffer is not null)
        {
            ByteArrays.Return(_buffer);
            _buffer = null;
        }

        _start = _end = 0;
    }
}
