using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using BifrostLite.Schemas.Hub;
using Microsoft.Extensions.Primitives;

namespace BifrostLite.Schemas.Wire;

/// <summary>A compression of request bodies (RFC 9110, 8.4.1).</summary>
internal enum Coding
{
    Gzip,
    Deflate,
    Brotli,
}

/// <summary>
/// Reads Content-Encoding and undoes it. zstd is refused: neither .NET 10 nor a maintained managed package within reach
/// has it (the framework's own comes with .NET 11).
/// </summary>
internal static class ContentCoding
{
    /// <summary>Codings that work, as a 415 names them and as its Accept-Encoding header should.</summary>
    public const string Accepted = "gzip, br, deflate";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>More layers than one are legal and useless; without a cap each could multiply the work of the one before.</summary>
    private const int MostLayers = 2;

    private static readonly GatewayError TooManyLayers =
        new(StatusCodes.Status415UnsupportedMediaType, ErrorKind.UnsupportedMedia, "Content-Encoding names more than two codings");

    /// <summary>The codings in the order they were applied.</summary>
    public static GatewayError? Parse(StringValues header, out IReadOnlyList<Coding> codings)
    {
        codings = [];
        if (header.Count == 0)
        {
            return null;
        }

        var found = new List<Coding>();
        foreach (var name in header.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!TryParse(name, out var coding))
            {
                return new GatewayError(
                    StatusCodes.Status415UnsupportedMediaType, ErrorKind.UnsupportedMedia, $"Content-Encoding {Printable(name)} is not supported; use one of {Accepted}, or none");
            }

            found.Add(coding);
        }

        codings = found;
        return found.Count > MostLayers ? TooManyLayers : null;
    }

    /// <summary>Puts the decompressed bytes in the buffer's place; on failure the buffer is still the caller's to dispose.</summary>
    public static GatewayError? Decode(Coding coding, int limit, ref PooledBuffer buffer)
    {
        // Three to ten times is what JSON shrinks by; a first guess only.
        var output = new PooledBuffer((int)Math.Min(limit, Math.Max(4096, buffer.Length * 4L)));
        var error = coding == Coding.Brotli ? Brotli(buffer.Span, limit, output) : Inflate(coding, buffer.Memory, limit, output);
        if (error is not null)
        {
            output.Dispose();
            return error;
        }

        buffer.Dispose();
        buffer = output;
        return null;
    }

    private static bool TryParse(string name, out Coding coding)
    {
        coding = name.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => Coding.Gzip,
            "br" => Coding.Brotli,
            "deflate" => Coding.Deflate,
            _ => (Coding)(-1),
        };
        return coding >= 0;
    }

    /// <summary>A header of the caller's goes into an error only short and plain.</summary>
    private static string Printable(string name) => name.Length <= 20 && !name.AsSpan().ContainsAnyExcept(NameCharacters) ? name : "(unreadable)";

    private static GatewayError? Inflate(Coding coding, ReadOnlyMemory<byte> packed, int limit, PooledBuffer output)
    {
        MemoryMarshal.TryGetArray(packed, out var array);
        var source = new MemoryStream(array.Array!, array.Offset, array.Count, writable: false);
        using Stream unpacked = coding == Coding.Gzip ? new GZipStream(source, CompressionMode.Decompress)
            : IsZlib(packed.Span) ? new ZLibStream(source, CompressionMode.Decompress)
            : new DeflateStream(source, CompressionMode.Decompress);
        try
        {
            while (true)
            {
                var read = unpacked.Read(output.GetSpan());
                output.Advance(read);
                if (read == 0)
                {
                    // .NET ends quietly where the data is cut (System.IO.Compression.UseStrictValidation is off by default);
                    // what is missing shows as JSON without its end.
                    return output.Length == 0 ? Broken(coding) : null;
                }

                if (output.Length > limit)
                {
                    return RequestBody.TooLarge(limit);
                }
            }
        }
        catch (InvalidDataException)
        {
            return Broken(coding);
        }
    }

    /// <summary>"deflate" is zlib's format by RFC 9110, but bare deflate is sent by some too: zlib's two-byte header tells.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> packed) =>
        packed.Length >= 2 && (packed[0] & 0x0F) == 8 && ((packed[0] << 8) | packed[1]) % 31 == 0;

    private static GatewayError? Brotli(ReadOnlySpan<byte> packed, int limit, PooledBuffer output)
    {
        using var decoder = new BrotliDecoder();
        while (true)
        {
            var status = decoder.Decompress(packed, output.GetSpan(), out var read, out var written);
            packed = packed[read..];
            output.Advance(written);
            if (output.Length > limit)
            {
                return RequestBody.TooLarge(limit);
            }

            if (status == OperationStatus.Done)
            {
                return packed.IsEmpty ? null : Broken(Coding.Brotli);
            }

            if (status != OperationStatus.DestinationTooSmall)
            {
                return Broken(Coding.Brotli);
            }
        }
    }

    private static GatewayError Broken(Coding coding) =>
        GatewayError.Invalid($"request body is not what its Content-Encoding says ({(coding == Coding.Brotli ? "br" : coding == Coding.Gzip ? "gzip" : "deflate")})");
}
