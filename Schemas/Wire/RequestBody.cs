using System.Buffers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// A request's whole body in one pooled buffer, decompressed, a byte order mark taken off. It is kept whole because a
/// retry needs it again. Dispose it when the last attempt is over.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>
    /// Content-Length is believed up to here at once; beyond it only after so many bytes have come, so that callers
    /// cannot make the gateway set memory aside by a header alone.
    /// </summary>
    private const int TrustedLength = 1024 * 1024;

    private readonly PooledBuffer _buffer;
    private readonly int _offset;

    private RequestBody(PooledBuffer buffer)
    {
        _buffer = buffer;
        _offset = buffer.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>A body that was made here; it owns the buffer.</summary>
    public static RequestBody Of(PooledBuffer buffer) => new(buffer);

    public ReadOnlyMemory<byte> Memory => _buffer.Memory[_offset..];

    public ReadOnlySpan<byte> Span => _buffer.Span[_offset..];

    /// <summary>Reads the body to its end.</summary>
    /// <param name="request">The request, its body untouched so far.</param>
    /// <param name="limit">Most bytes, as they come and as they are after decompression.</param>
    /// <param name="cancellationToken">The caller's going away.</param>
    /// <returns>Body or error: 413, 415, 400 for broken compression, 499 for a caller gone; exactly one of them is there.</returns>
    public static ValueTask<(RequestBody? Body, GatewayError? Error)> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        // Most bodies come with their head, plain: they are taken without waiting.
        if (request.ContentLength is { } length && length <= limit && length <= TrustedLength && request.Headers.ContentEncoding.Count == 0
            && TryRead(request, (int)length) is { } body)
        {
            return new((body, null));
        }

        return ReadSlowlyAsync(request, limit, cancellationToken);
    }

    public void Dispose() => _buffer.Dispose();

    internal static GatewayError TooLarge(int limit) =>
        new(StatusCodes.Status413PayloadTooLarge, ErrorKind.TooLarge, $"request body is larger than the limit of {limit} bytes");

    /// <summary>The body if all of it has come; else nothing of it is taken.</summary>
    private static RequestBody? TryRead(HttpRequest request, int length)
    {
        try
        {
            var reader = request.BodyReader;
            if (!reader.TryRead(out var result))
            {
                return null;
            }

            if (result.IsCanceled || result.Buffer.Length != length)
            {
                reader.AdvanceTo(result.Buffer.Start);
                return null;
            }

            var buffer = new PooledBuffer(length);
            Append(result.Buffer, buffer, length);
            reader.AdvanceTo(result.Buffer.End);
            return new RequestBody(buffer);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Read again, it says so again, and is explained there (a BadHttpRequestException is an IOException).
            return null;
        }
    }

    private static async ValueTask<(RequestBody? Body, GatewayError? Error)> ReadSlowlyAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var refusal = ContentCoding.Parse(request.Headers.ContentEncoding, out var codings);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        if (request.ContentLength > limit)
        {
            return (null, TooLarge(limit));
        }

        var buffer = new PooledBuffer((int)Math.Min(request.ContentLength ?? 0, TrustedLength));
        var error = await ReadToEndAsync(request, buffer, limit, cancellationToken);
        for (var i = codings.Count - 1; i >= 0 && error is null; i--)
        {
            error = ContentCoding.Decode(codings[i], limit, ref buffer);
        }

        if (error is null)
        {
            return (new RequestBody(buffer), null);
        }

        buffer.Dispose();
        return (null, error);
    }

    private static async ValueTask<GatewayError?> ReadToEndAsync(HttpRequest request, PooledBuffer buffer, int limit, CancellationToken cancellationToken)
    {
        try
        {
            var reader = request.BodyReader;
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                if (result.Buffer.Length > limit - buffer.Length)
                {
                    reader.AdvanceTo(result.Buffer.End);
                    return TooLarge(limit);
                }

                Append(result.Buffer, buffer, request.ContentLength);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                {
                    return result.IsCanceled ? Gone() : null;
                }
            }
        }
        catch (BadHttpRequestException e)
        {
            return Explain(e, limit, request.ContentLength is not null || cancellationToken.IsCancellationRequested);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return Gone();
        }
    }

    private static void Append(in ReadOnlySequence<byte> bytes, PooledBuffer buffer, long? announced)
    {
        if (announced > buffer.Capacity && buffer.Length + bytes.Length > buffer.Capacity)
        {
            buffer.GetSpan((int)announced - buffer.Length);
        }

        foreach (var segment in bytes)
        {
            buffer.Write(segment.Span);
        }
    }

    /// <summary>
    /// The server's own refusals: its size limit, a body slower than its minimum rate, bad chunks, an early end. Where the
    /// length was announced there are no chunks, and only the early end is left: Kestrel calls a caller that went a bad request.
    /// </summary>
    private static GatewayError Explain(BadHttpRequestException e, int limit, bool isEarlyEnd) => e.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => TooLarge(limit),
        StatusCodes.Status408RequestTimeout => new(StatusCodes.Status408RequestTimeout, ErrorKind.Timeout, "request body came too slowly"),
        _ when isEarlyEnd => Gone(),
        _ => GatewayError.Invalid($"request body could not be read: {e.Message}"),
    };

    private static GatewayError Gone() => new(StatusCodes.Status499ClientClosedRequest, ErrorKind.ClientClosed, "the caller went away before its request was read");
}
