using System.Buffers;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Endpoints;

/// <summary>
/// A response body that turns server-sent events into one JSON array, an item an event: what streamGenerateContent answers
/// without alt=sse (ai.google.dev/api/generate-content, "method: models.streamGenerateContent", whose response body is a stream of
/// GenerateContentResponse; Google's clients of that form read "[{...}\n,\r\n{...}\n]"). Other content types pass as they are.
/// </summary>
internal sealed class JsonArrayStream(HttpResponse response, Stream inner) : Stream
{
    private readonly SseFrameReader _frames = new();
    private readonly ArrayBufferWriter<byte> _unread = new();
    private readonly ArrayBufferWriter<byte> _items = new();
    private bool? _isArray;
    private bool _hasItems;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Decides by the content type, which is final when the response starts.</summary>
    public void OnStarting()
    {
        _isArray ??= response.ContentType?.StartsWith("text/event-stream", StringComparison.Ordinal) == true;
        if (_isArray == true)
        {
            response.ContentType = "application/json; charset=UTF-8";
        }
    }

    /// <summary>The last item without its blank line, and the closing bracket.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_isArray == true)
        {
            Take(isLast: true);
            _items.Write(_hasItems ? "\n]\n"u8 : "[]\n"u8);
            await WriteItemsAsync(cancellationToken);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!response.HasStarted)
        {
            OnStarting();
        }

        if (_isArray != true)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            return;
        }

        _unread.Write(buffer.Span);
        Take(isLast: false);
        await WriteItemsAsync(cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Take(bool isLast)
    {
        var rest = _unread.WrittenSpan;
        while (!rest.IsEmpty && _frames.TryRead(rest, isLast, out var consumed, out var frame) is var status && status != FrameStatus.Incomplete)
        {
            if (status == FrameStatus.Frame && !frame.Data.IsEmpty)
            {
                _items.Write(_hasItems ? "\n,\r\n"u8 : "["u8);
                _items.Write(frame.Data);
                _hasItems = true;
            }

            rest = rest[consumed..];
            if (consumed == 0)
            {
                break;
            }
        }

        var kept = rest.ToArray();
        _unread.ResetWrittenCount();
        _unread.Write(kept);
    }

    private async ValueTask WriteItemsAsync(CancellationToken cancellationToken)
    {
        if (_items.WrittenCount > 0)
        {
            await inner.WriteAsync(_items.WrittenMemory, cancellationToken);
            _items.ResetWrittenCount();
        }
    }
}
