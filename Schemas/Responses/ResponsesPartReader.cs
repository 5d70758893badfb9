using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Content parts of a Responses input message or tool output: input_text, input_image, input_file and the rest.</summary>
internal sealed class ResponsesPartReader(RequestFields fields)
{
    /// <summary>Members of parts that are read, those of chat's parts in hybrid bodies included.</summary>
    private static readonly string[] Members =
    [
        "type", "text", "annotations", "logprobs", "refusal", "image_url", "detail", "file_id", "file_data", "file_url", "filename", "file", "file_type",
        "input_audio", "data", "format", "video_url", "cache_control", "prompt_cache_breakpoint",
    ];

    /// <summary>Reads a content string or array into <paramref name="parts"/>.</summary>
    public void ReadContent(JsonValue content, string path, List<Part> parts)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            case JsonValueKind.String:
                parts.Add(new TextPart(fields.TextOf(content)) { Path = path });
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var part in content.EnumerateArray())
                {
                    parts.Add(ReadPart(part, RequestPaths.Item(path, index++)));
                }

                break;
            default:
                fields.Fail(path, "must be a string or an array of content parts");
                break;
        }
    }

    /// <summary>An array of content parts, as opposed to a result that happens to be an array.</summary>
    public static bool IsContent(JsonValue output)
    {
        if (output.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var part in output.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type"u8, out var type)
                || !(type.ValueEquals("input_text"u8) || type.ValueEquals("input_image"u8) || type.ValueEquals("input_file"u8)
                    || type.ValueEquals("output_text"u8) || type.ValueEquals("text"u8)))
            {
                return false;
            }
        }

        return true;
    }

    public Part ReadPart(JsonValue part, string path)
    {
        if (part.ValueKind == JsonValueKind.String)
        {
            return new TextPart(fields.TextOf(part)) { Path = path };
        }

        if (part.ValueKind != JsonValueKind.Object)
        {
            fields.Fail(path, "must be an object");
            return new TextPart(default);
        }

        var read = ReadKnown(part, path);
        if (read is not ExtensionPart)
        {
            fields.LoseOthers(part, path, Members);
        }

        return read;
    }

    private Part ReadKnown(JsonValue part, string path)
    {
        var cache = fields.Cache(part, path);
        var type = fields.Text(part, "type", path);
        switch (type.Decode())
        {
            case "input_text" or "output_text" or "text" or "summary_text":
                return new TextPart(fields.Text(part, "text", path)) { Citations = ReadCitations(part), Path = path, Cache = cache };
            case "refusal":
                return new RefusalPart(fields.Text(part, "refusal", path)) { Path = path, Cache = cache };
            case "reasoning_text":
                return new ReasoningPart(fields.Text(part, "text", path)) { Path = path, Cache = cache };
            case "input_image" or "image_url" or "computer_screenshot":
                return ReadImage(part, path) with { Cache = cache };
            case "input_file" or "file":
                return ReadFile(part, path) with { Cache = cache };
            case "input_audio":
                return ReadAudio(part, path) with { Cache = cache };
            case "input_video" or "video_url" when RequestFields.Has(part, "video_url"u8, out var video):
                return new VideoPart(ReadUrl(UrlOf(video))) { Path = path, Cache = cache };
            case "":
                fields.Fail($"{path}.type", "is required");
                return new TextPart(default);
            case var unknown:
                return new ExtensionPart(unknown, fields.Raw(part)) { Path = path, Cache = cache };
        }
    }

    /// <summary>A data: URL as its bytes; any other URL as it is.</summary>
    public static MediaSource ReadUrl(JsonText url)
    {
        // Some encoders write "\/" for every slash; what reads base64 should not have to know.
        var text = url.Span.IndexOf((byte)'\\') < 0 ? url : JsonText.From(url.Decode());
        if (!text.Span.StartsWith("data:"u8) || text.Span.IndexOf(","u8) is not (> 0 and var comma))
        {
            return new MediaSource { Url = text };
        }

        var header = text.Span[5..comma];
        var semicolon = header.IndexOf((byte)';');
        var type = Encoding.ASCII.GetString(semicolon < 0 ? header : header[..semicolon]);
        return new MediaSource { Base64 = new JsonText(text.Escaped[(comma + 1)..]), MediaType = type };
    }

    private ImagePart ReadImage(JsonValue part, string path)
    {
        var file = fields.Text(part, "file_id", path);
        var source = !file.IsEmpty ? new MediaSource { FileId = file }
            : RequestFields.Has(part, "image_url"u8, out var url) ? ReadUrl(UrlOf(url))
            : null;
        if (source is null)
        {
            fields.Fail($"{path}.image_url", "is required");
        }

        return new ImagePart(source ?? new MediaSource()) { Detail = fields.Word(part, "detail", path), Path = path };
    }

    private DocumentPart ReadFile(JsonValue part, string path)
    {
        // The chat shape nests the members under "file".
        var file = RequestFields.Has(part, "file"u8, out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : part;
        var name = fields.Text(file, "filename", path);
        var data = fields.Text(file, "file_data", path);
        var url = fields.Text(file, "file_url", path);
        var id = fields.Text(file, "file_id", path);
        MediaSource source;
        if (!data.IsEmpty)
        {
            var read = ReadUrl(data);
            var given = fields.Word(file, "file_type", path);
            source = read.Url.IsEmpty ? read : new MediaSource { Base64 = read.Url, MediaType = given ?? TypeOf(name) };
        }
        else if (!url.IsEmpty)
        {
            source = ReadUrl(url);
        }
        else
        {
            if (id.IsEmpty)
            {
                fields.Fail($"{path}.file_data", "or file_url or file_id is required");
            }

            source = new MediaSource { FileId = id };
        }

        return new DocumentPart(source) { Name = name, Path = path };
    }

    private AudioPart ReadAudio(JsonValue part, string path)
    {
        var audio = RequestFields.Has(part, "input_audio"u8, out var nested) ? nested : part;
        var format = fields.Word(audio, "format", path) ?? "wav";
        return new AudioPart(new MediaSource
        {
            Base64 = fields.Text(audio, "data", path),
            MediaType = format == "mp3" ? "audio/mpeg" : $"audio/{format}",
        })
        {
            Path = path,
        };
    }

    private List<Citation> ReadCitations(JsonValue part)
    {
        var citations = new List<Citation>();
        if (RequestFields.Has(part, "annotations"u8, out var given) && given.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in given.EnumerateArray())
            {
                citations.Add(ResponsesCitations.Read(one, fields.Raw(one)));
            }
        }

        return citations;
    }

    private JsonText UrlOf(JsonValue value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("url"u8, out var url) ? fields.TextOf(url) : fields.TextOf(value);

    private static string TypeOf(JsonText name) =>
        name.Span.EndsWith(".pdf"u8) ? "application/pdf"
        : name.Span.EndsWith(".txt"u8) ? "text/plain"
        : "";
}
