using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Providers.Demo;

/// <summary>
/// A streamed demo answer. It is written as it is read: a slow reader slows it, and one that goes away ends it, as with a
/// real upstream and no thread of its own.
/// </summary>
internal sealed class DemoStream : Stream
{
    /// <summary>Events without a wait between them go out together up to this size, like a fast upstream's.</summary>
    private const int MostAtOnce = 4096;

    private readonly PooledBuffer _buffer = new(MostAtOnce);
    private readonly IEnumerator<DemoEvent> _events;
    private readonly StreamGuard _sink;
    private readonly TimeProvider _clock;
    private int _read;
    private DemoEvent? _next;
    private bool _isOver;

    public DemoStream(IEnumerable<DemoEvent> events, Dialect dialect, AnswerContext context, TimeProvider clock)
    {
        _events = events.GetEnumerator();
        _sink = new StreamGuard(dialect.CreateEncoder(context, _buffer), dialect.Rules, context.Losses);
        _clock = clock;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read == _buffer.Length)
        {
            _buffer.Clear();
            _read = 0;
            await FillAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _buffer.Length - _read);
        _buffer.Memory.Slice(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isOver = true;
            _events.Dispose();
            _buffer.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Plays events until there is something to read; nothing, when they are over.</summary>
    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        while (!_isOver && _buffer.Length < MostAtOnce)
        {
            if (_next is null && !_events.MoveNext())
            {
                _isOver = true;
                return;
            }

            _next ??= _events.Current;
            if (_buffer.Length > 0 && (_next.Delay != TimeSpan.Zero || _next.IsCut))
            {
                // What is written goes out before the wait, or before the break.
                return;
            }

            await PlayAsync(_next, cancellationToken);
            _next = null;
        }
    }

    private async ValueTask PlayAsync(DemoEvent e, CancellationToken cancellationToken)
    {
        if (e.IsCut)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The demo upstream broke the connection.");
        }

        if (e.Delay != TimeSpan.Zero)
        {
            await Task.Delay(e.Delay, _clock, cancellationToken);
        }

        e.Play(_sink);
    }
}
