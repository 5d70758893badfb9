namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Converse's format words and media types (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html,
/// ImageBlock, VideoBlock, AudioBlock).
/// </summary>
internal static class ConverseMedia
{
    private static readonly (string Kind, string Format, string MediaType)[] Formats =
    [
        ("image", "png", "image/png"),
        ("image", "jpeg", "image/jpeg"),
        ("image", "jpeg", "image/jpg"),
        ("image", "gif", "image/gif"),
        ("image", "webp", "image/webp"),
        ("document", "pdf", "application/pdf"),
        ("document", "txt", "text/plain"),
        ("document", "csv", "text/csv"),
        ("document", "html", "text/html"),
        ("document", "md", "text/markdown"),
        ("document", "doc", "application/msword"),
        ("document", "xls", "application/vnd.ms-excel"),
        ("document", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("document", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("video", "mp4", "video/mp4"),
        ("video", "mov", "video/quicktime"),
        ("video", "mkv", "video/x-matroska"),
        ("video", "webm", "video/webm"),
        ("video", "flv", "video/x-flv"),
        ("video", "mpeg", "video/mpeg"),
        ("video", "wmv", "video/x-ms-wmv"),
        ("video", "three_gp", "video/3gpp"),
        ("audio", "mp3", "audio/mpeg"),
        ("audio", "mp3", "audio/mp3"),
        ("audio", "wav", "audio/wav"),
        ("audio", "wav", "audio/x-wav"),
        ("audio", "flac", "audio/flac"),
        ("audio", "ogg", "audio/ogg"),
        ("audio", "opus", "audio/opus"),
        ("audio", "aac", "audio/aac"),
        ("audio", "m4a", "audio/mp4"),
        ("audio", "webm", "audio/webm"),
    ];

    /// <summary>The media type; a format nobody knows keeps its word.</summary>
    public static string MediaType(string kind, string format)
    {
        format = format == "jpg" ? "jpeg" : format;
        foreach (var known in Formats)
        {
            if (known.Kind == kind && known.Format == format)
            {
                return known.MediaType;
            }
        }

        return format.Length == 0 ? "" : $"{kind}/{format}";
    }

    /// <summary>The format word, or null where Converse has none for the type.</summary>
    public static string? Format(string kind, string mediaType)
    {
        var semicolon = mediaType.IndexOf(';', StringComparison.Ordinal);
        var bare = (semicolon < 0 ? mediaType : mediaType[..semicolon]).Trim();
        foreach (var known in Formats)
        {
            if (known.Kind == kind && string.Equals(known.MediaType, bare, StringComparison.OrdinalIgnoreCase))
            {
                return known.Format;
            }
        }

        return kind == "document" && bare.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? "txt" : null;
    }
}
