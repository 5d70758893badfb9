using System.IO.Compression;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public class RequestBodyTests
{
    private const int Limit = 100_000;

    private static readonly byte[] Json = Encoding.UTF8.GetBytes("{\"model\":\"m\",\"text\":\"" + new string('é', 5000) + "\"}");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_PlainBody_WholeHoweverItArrives(bool isLengthKnown)
    {
        foreach (var step in (int[])[1, 7, 4096, int.MaxValue])
        {
            var request = Request(new StepStream(Json, step), null, isLengthKnown ? Json.Length : null);
            var (body, error) = await RequestBody.ReadAsync(request, Json.Length, CancellationToken.None);
            Assert.Null(error);
            using (body)
            {
                Assert.Equal(Json, body!.Memory.ToArray());
            }
        }
    }

    [Fact]
    public async Task ReadAsync_LongerThanWhatIsTrusted_IsWhole()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        var (body, error) = await RequestBody.ReadAsync(Request(new StepStream(bytes, 60_000), null, bytes.Length), bytes.Length, CancellationToken.None);
        Assert.Null(error);
        Assert.Equal(bytes, body!.Memory.ToArray());
        body.Dispose();
    }

    [Theory]
    [InlineData("identity", "")]
    [InlineData("gzip", "g")]
    [InlineData("GZIP", "g")]
    [InlineData("x-gzip", "g")]
    [InlineData("br", "b")]
    [InlineData("deflate", "z")]
    [InlineData("deflate", "d")]
    [InlineData("gzip, identity, br", "gb")]
    [InlineData("br,gzip", "bg")]
    public async Task ReadAsync_Compressed_IsDecompressed(string coding, string layers)
    {
        var packed = layers.Aggregate(Json, static (bytes, layer) => Pack(layer, bytes));
        var (body, error) = await RequestBody.ReadAsync(Request(new MemoryStream(packed), coding, packed.Length), Limit, CancellationToken.None);
        Assert.Null(error);
        Assert.Equal(Json, body!.Memory.ToArray());
        body.Dispose();
    }

    [Fact]
    public async Task ReadAsync_ByteOrderMark_IsTakenOff()
    {
        var (body, _) = await RequestBody.ReadAsync(Request(new MemoryStream([0xEF, 0xBB, 0xBF, .. "{}"u8]), null, 5), Limit, CancellationToken.None);
        Assert.Equal("{}"u8.ToArray(), body!.Memory.ToArray());
        Assert.Equal("{}"u8.ToArray(), body.Span.ToArray());
        body.Dispose();
    }

    [Fact]
    public async Task ReadAsync_Empty_IsAnEmptyBody()
    {
        var (body, error) = await RequestBody.ReadAsync(Request(new MemoryStream(), null, 0), Limit, CancellationToken.None);
        Assert.Null(error);
        Assert.True(body!.Memory.IsEmpty);
        body.Dispose();
    }

    [Fact]
    public async Task ReadAsync_AnnouncedLengthOverLimit_IsRefusedUnread()
    {
        var (body, error) = await RequestBody.ReadAsync(Request(new BrokenStream(new InvalidOperationException("was read")), null, Limit + 1), Limit, CancellationToken.None);
        AssertTooLarge(body, error);
    }

    [Fact]
    public async Task ReadAsync_UnannouncedLengthOverLimit_IsRefused()
    {
        var (body, error) = await RequestBody.ReadAsync(Request(new StepStream(new byte[Limit + 1], 1000), null, null), Limit, CancellationToken.None);
        AssertTooLarge(body, error);
    }

    [Theory]
    [InlineData("gzip", 'g')]
    [InlineData("br", 'b')]
    [InlineData("deflate", 'z')]
    public async Task ReadAsync_SmallPackedButHugeUnpacked_IsRefused(string coding, char layer)
    {
        var packed = Pack(layer, new byte[5_000_000]);
        Assert.True(packed.Length < Limit);
        var (body, error) = await RequestBody.ReadAsync(Request(new MemoryStream(packed), coding, packed.Length), Limit, CancellationToken.None);
        AssertTooLarge(body, error);
    }

    [Theory]
    [InlineData("zstd", "Content-Encoding zstd is not supported; use one of gzip, br, deflate, or none")]
    [InlineData("gzip, zstd", "Content-Encoding zstd is not supported; use one of gzip, br, deflate, or none")]
    [InlineData("we\"ird", "Content-Encoding (unreadable) is not supported; use one of gzip, br, deflate, or none")]
    [InlineData("gzip,gzip,gzip", "Content-Encoding names more than two codings")]
    public async Task ReadAsync_UnknownCoding_SaysWhichWork(string coding, string message)
    {
        var (body, error) = await RequestBody.ReadAsync(Request(new MemoryStream([1]), coding, 1), Limit, CancellationToken.None);
        Assert.Null(body);
        Assert.Equal(new GatewayError(415, ErrorKind.UnsupportedMedia, message), error);
    }

    [Theory]
    [InlineData("gzip", 'g')]
    [InlineData("br", 'b')]
    [InlineData("deflate", 'z')]
    public async Task ReadAsync_BrokenCompression_IsInvalid(string coding, char layer)
    {
        var packed = Pack(layer, Json);
        List<byte[]> broken = [[], Json, [1, 2, 3], [.. packed[..10], 0xFF, 0xFF, 0xFF, .. packed[13..]]];
        if (coding == "br")
        {
            broken.Add([.. packed, 0]); // what goes on behind its end; of the others the framework does not tell
        }

        foreach (var bytes in broken)
        {
            var (body, error) = await RequestBody.ReadAsync(Request(new MemoryStream(bytes), coding, bytes.Length), Limit, CancellationToken.None);
            Assert.Null(body);
            Assert.Equal(GatewayError.Invalid($"request body is not what its Content-Encoding says ({coding})"), error);
        }
    }

    [Fact]
    public async Task ReadAsync_CutBrotli_IsInvalid()
    {
        var packed = Pack('b', Json);
        for (var length = 0; length < packed.Length; length++)
        {
            var (body, error) = await RequestBody.ReadAsync(Request(new MemoryStream(packed[..length]), "br", length), Limit, CancellationToken.None);
            Assert.Null(body);
            Assert.Equal(400, error?.Status);
        }
    }

    /// <summary>The framework ends quietly where gzip data is cut: what came so far must then be no whole JSON.</summary>
    [Fact]
    public async Task ReadAsync_CutGzip_IsInvalidOrCutJson()
    {
        var packed = Pack('g', Json);
        for (var length = 0; length < packed.Length - 8; length++)
        {
            var (body, error) = await RequestBody.ReadAsync(Request(new MemoryStream(packed[..length]), "gzip", length), Limit, CancellationToken.None);
            Assert.NotNull(body is null ? error : RequestPeek.Read(body.Span, PeekRules.Invoke, out _));
            body?.Dispose();
        }
    }

    [Fact]
    public async Task ReadAsync_CallerGone_IsAValue()
    {
        Exception[] ends = [new IOException("reset"), new OperationCanceledException()];
        foreach (var end in ends)
        {
            var (body, error) = await RequestBody.ReadAsync(Request(new BrokenStream(end), null, 10), Limit, CancellationToken.None);
            Assert.Null(body);
            Assert.Equal(499, error?.Status);
            Assert.Equal(ErrorKind.ClientClosed, error?.Kind);
        }

        var (_, cancelled) = await RequestBody.ReadAsync(Request(new StepStream(Json, 1), null, Json.Length), Limit, new CancellationToken(canceled: true));
        Assert.Equal(ErrorKind.ClientClosed, cancelled?.Kind);
    }

    [Theory]
    [InlineData(413, nameof(ErrorKind.TooLarge))]
    [InlineData(408, nameof(ErrorKind.Timeout))]
    [InlineData(400, nameof(ErrorKind.InvalidRequest))]
    public async Task ReadAsync_ServerRefuses_KeepsItsStatus(int status, string kind)
    {
        var (_, error) = await RequestBody.ReadAsync(Request(new BrokenStream(new BadHttpRequestException("no", status)), null, null), Limit, CancellationToken.None);
        Assert.Equal(status, error?.Status);
        Assert.Equal(kind, error?.Kind.ToString());
    }

    private static void AssertTooLarge(RequestBody? body, GatewayError? error)
    {
        Assert.Null(body);
        Assert.Equal(new GatewayError(413, ErrorKind.TooLarge, "request body is larger than the limit of 100000 bytes"), error);
    }

    private static HttpRequest Request(Stream body, string? coding, long? length)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = body;
        request.ContentLength = length;
        if (coding is not null)
        {
            request.Headers.ContentEncoding = coding;
        }

        return request;
    }

    private static byte[] Pack(char layer, byte[] bytes)
    {
        var packed = new MemoryStream();
        using (Stream stream = layer switch
        {
            'g' => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            'b' => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            'z' => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>Gives at most so many bytes a read.</summary>
    private sealed class StepStream(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span[..Math.Min(step, buffer.Length)]));
        }
    }

    private sealed class BrokenStream(Exception end) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromException<int>(end);
    }
}
