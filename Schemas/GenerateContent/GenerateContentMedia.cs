namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Media types by the ending of an address: fileData wants one (ai.google.dev/gemini-api/docs/file-input-methods).</summary>
internal static class GenerateContentMedia
{
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
}
