using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>Images, files, sound and video of a message; what is none of these stays as it is.</summary>
internal sealed class ChatCompletionsMediaReader(RequestFields fields)
{
    public Part Read(JsonValue part, string type, string path)
    {
        switch (type)
        {
            case "image_url" or "input_image":
                return ReadImage(part, path);
            case "file" or "input_file":
                return ReadFile(part, path);
            case "input_audio":
                return ReadAudio(part, path);
            case "video_url":
                return new VideoPart(Source(UrlOf(part, "video_url", path), ""));
            case "document_url":
                // docs.mistral.ai/capabilities/document_ai
                return new DocumentPart(Source(UrlOf(part, "document_url", path), "application/pdf")) { Name = fields.Text(part, "document_name", path) };
            case "image" or "document" when RequestFields.Has(part, "source", out var source):
                return ReadBlock(part, type, source, path);
            default:
                return new ExtensionPart(type, fields.Raw(part));
        }
    }

    private ImagePart ReadImage(JsonValue part, string path)
    {
        var holder = RequestFields.Has(part, "image_url", out var image) && image.ValueKind == JsonValueKind.Object ? image : part;
        var at = $"{path}.image_url";
        var id = fields.Text(holder, "file_id", at);
        var source = id.IsEmpty ? Source(UrlOf(part, "image_url", path), "") : new MediaSource { FileId = id };
        return new ImagePart(source) { Detail = fields.Word(holder, "detail", at) };
    }

    private DocumentPart ReadFile(JsonValue part, string path)
    {
        var isNested = fields.Has(part, "file", path, JsonValueKind.Object, out var file);
        file = isNested ? file : part;
        var at = isNested ? $"{path}.file" : path;
        var data = fields.Text(file, "file_data", at);
        var url = fields.Text(file, "file_url", at);
        var id = fields.Text(file, "file_id", at);
        if (data.IsEmpty && url.IsEmpty && id.IsEmpty)
        {
            fields.Fail($"{at}.file_data", "is required where no file_id is given");
        }

        var isPlain = !data.IsEmpty && !data.Span.StartsWith("data:"u8) && !data.Span.StartsWith("http"u8);
        var source = isPlain ? new MediaSource { Base64 = data, MediaType = "application/pdf" }
            : !id.IsEmpty ? new MediaSource { FileId = id }
            : Source(data.IsEmpty ? url : data, "");
        return new DocumentPart(source) { Name = fields.Text(file, "filename", at) };
    }

    private AudioPart ReadAudio(JsonValue part, string path)
    {
        var isNested = fields.Has(part, "input_audio", path, JsonValueKind.Object, out var audio);
        var at = $"{path}.input_audio";
        var data = isNested ? fields.Required(audio, "data", at) : fields.Required(part, "input_audio", path);
        var format = isNested ? fields.Word(audio, "format", at) : null;
        var media = format switch
        {
            null => "",
            "mp3" => "audio/mpeg",
            _ => $"audio/{format}",
        };
        return new AudioPart(data.Span.StartsWith("data:"u8) ? Source(data, media) : new MediaSource { Base64 = data, MediaType = media });
    }

    /// <summary>A Messages block in a hybrid body: source {type base64|url|file|text, media_type, data, url, file_id}.</summary>
    private Part ReadBlock(JsonValue part, string type, JsonValue source, string path)
    {
        var at = $"{path}.source";
        var isText = fields.Text(source, "type", at).Is("text"u8);
        var data = fields.Text(source, "data", at);
        var media = new MediaSource
        {
            Base64 = isText ? default : data,
            Text = isText ? data : default,
            Url = fields.Text(source, "url", at),
            FileId = fields.Text(source, "file_id", at),
            MediaType = fields.Word(source, "media_type", at) ?? "",
        };
        return type == "image" ? new ImagePart(media) : new DocumentPart(media) { Name = fields.Text(part, "title", path) };
    }

    /// <summary>A URL given as a string or as {url}.</summary>
    private JsonText UrlOf(JsonValue part, string name, string path)
    {
        if (!RequestFields.Has(part, name, out var value))
        {
            fields.Fail($"{path}.{name}", "is required");
            return default;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return fields.TextOf(value);
        }

        return fields.Has(part, name, path, JsonValueKind.Object, out _) ? fields.Required(value, "url", $"{path}.{name}") : default;
    }

    /// <summary>A URL, or the bytes in a data URL (RFC 2397).</summary>
    private static MediaSource Source(JsonText url, string mediaType)
    {
        var comma = url.Span.IndexOf((byte)',');
        if (!url.Span.StartsWith("data:"u8) || comma < 0)
        {
            return new MediaSource { Url = url, MediaType = mediaType };
        }

        var head = new JsonText(url.Escaped[5..comma]).Decode();
        var semicolon = head.IndexOf(';', StringComparison.Ordinal);
        var media = semicolon < 0 ? head : head[..semicolon];
        var data = new JsonText(url.Escaped[(comma + 1)..]);
        if (!head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            data = JsonText.From(Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(data.Decode()))));
        }

        return new MediaSource { Base64 = data, MediaType = media.Length > 0 ? media : mediaType };
    }
}
