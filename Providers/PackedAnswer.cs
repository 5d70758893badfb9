using System.IO.Compression;

namespace BifrostLite.Providers;

/// <summary>
/// Answers that come compressed. The gateway never asks for it (no Accept-Encoding goes out: a frame should not wait in somebody's
/// window), but proxies and servers with a fixed setting do it all the same. Gzip is what they use; anything else stays as it is and is
/// refused as unreadable.
/// </summary>
internal static class PackedAnswer
{
    /// <summary>The same response, its body as the reader wants it.</summary>
    public static HttpResponseMessage Unpacked(HttpResponseMessage response)
    {
        // Nearly always absent, so nothing is parsed or allocated for it.
        if (response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var codings) && codings.ToString() is "gzip" or "x-gzip" or "GZIP")
        {
            Unpack(response);
        }

        return response;
    }

    private static void Unpack(HttpResponseMessage response)
    {
        var packed = response.Content;
        var plain = new StreamContent(new GZipStream(packed.ReadAsStream(), CompressionMode.Decompress));
        plain.Headers.ContentType = packed.Headers.ContentType;
        response.Content = plain;
    }
}
