using System.IO.Pipelines;
using BifrostLite.Schemas.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace BifrostLite.Pipeline.Logging;

/// <summary>
/// Stands before the caller's response body and keeps a copy of what goes out, up to a limit. Attached only where contents are logged, so
/// nobody else pays for it.
/// </summary>
internal sealed class AnswerCapture : IHttpResponseBodyFeature, IDisposable
{
    /// <summary>As Bifrost's truncated_log_bytes (its config.schema.json): longer contents are cut.</summary>
    public const int MostBytes = 1 << 20;

    private readonly IHttpResponseBodyFeature _inner;
    private readonly PooledBuffer _copy = new();
    private readonly CapturingWriter _writer;

    private AnswerCapture(IHttpResponseBodyFeature inner)
    {
        _inner = inner;
        _writer = new CapturingWriter(inner.Writer, this);
    }

    public Stream Stream => field ??= _writer.AsStream();

    public PipeWriter Writer => _writer;

    /// <summary>What went out so far.</summary>
    public ReadOnlySpan<byte> Bytes => _copy.Span;

    public static AnswerCapture Attach(HttpContext http)
    {
        var capture = new AnswerCapture(http.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        http.Features.Set<IHttpResponseBodyFeature>(capture);
        return capture;
    }

    public void DisableBuffering() => _inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => _inner.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        _inner.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => _inner.CompleteAsync();

    public void Dispose() => _copy.Dispose();

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var room = MostBytes - _copy.Length;
        if (room > 0)
        {
            System.Buffers.BuffersExtensions.Write(_copy, bytes[..Math.Min(room, bytes.Length)]);
        }
    }

    private sealed class CapturingWriter(PipeWriter inner, AnswerCapture capture) : PipeWriter
    {
        private Memory<byte> _lent;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _lent = inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            capture.Keep(_lent.Span[..bytes]);
            inner.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
