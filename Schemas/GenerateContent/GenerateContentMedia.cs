using System.Buffers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Media types by the ending of an address: fileData wants one (ai.google.dev/gemini-api/docs/file-input-methods). And the bytes of
/// inlineData in the alphabet everybody else takes.
/// </summary>
internal static class GenerateContentMedia
{
    private static readonly SearchValues<byte> UrlAlphabet = SearchValues.Create("-_"u8);

    private static readonly (string Ending, string Type)[] Types =
    [
        (".png", "image/png"), (".jpg", "image/jpeg"), (".jpeg", "image/jpeg"), (".webp", "image/webp"), (".gif", "image/gif"),
        (".pdf", "application/pdf"), (".txt", "text/plain"), (".md", "text/markdown"), (".csv", "text/csv"), (".html", "text/html"),
        (".mp3", "audio/mpeg"), (".wav", "audio/wav"), (".flac", "audio/flac"), (".ogg", "audio/ogg"),
        (".mp4", "video/mp4"), (".mov", "video/quicktime"), (".webm", "video/webm"),
    ];

    /// <summary>Empty where the ending says nothing.</summary>
    public static string TypeOf(string uri)
    {
        var end = uri.IndexOfAny(['?', '#']);
        var path = end < 0 ? uri : uri[..end];
        foreach (var (ending, type) in Types)
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        return "";
    }

    /// <summary>
    /// This API takes both alphabets of base64, padded or not (protobuf.dev/programming-guides/json), and Google's own Python client
    /// writes the one for URLs; Messages, Converse and OpenAI take only the other.
    /// </summary>
    public static JsonText Standard(JsonText data)
    {
        var span = data.Span;
        var missing = span.Contains((byte)'\\') ? 0 : -span.Length & 3;
        if (missing == 0 && !span.ContainsAny(UrlAlphabet))
        {
            return data;
        }

        var bytes = new byte[span.Length + missing];
        span.Replace(bytes, (byte)'-', (byte)'+');
        bytes.AsSpan().Replace((byte)'_', (byte)'/');
        bytes.AsSpan(span.Length).Fill((byte)'=');
        return new JsonText(bytes);
    }
}
