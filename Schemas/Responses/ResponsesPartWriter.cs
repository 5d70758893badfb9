using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Content parts of messages and tool outputs.</summary>
internal static class ResponsesPartWriter
{
    /// <summary>Whether the part can stand in the content of a message of that role.</summary>
    public static bool IsContent(Part part, Role role, ResponsesWriteScope scope) => part switch
    {
        TextPart => true,
        RefusalPart => role == Role.Assistant,
        ImagePart or DocumentPart or AudioPart => role == Role.User,
        ExtensionPart extension => scope.IsOwnShape && extension.Path.Contains(".content[", StringComparison.Ordinal),
        _ => false,
    };

    public static void Write(Part part, Role role, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        switch (part)
        {
            case TextPart text:
                json.StartObject();
                json.Member("type"u8, role == Role.Assistant ? "output_text"u8 : "input_text"u8);
                json.Member("text"u8, text.Text);
                json.EndObject();
                scope.LoseIf(text.Citations.Count > 0, $"{text.Path}.citations", LossReason.Unsupported);
                break;
            case RefusalPart refusal:
                json.StartObject();
                json.Member("type"u8, "refusal"u8);
                json.Member("refusal"u8, refusal.Text);
                json.EndObject();
                break;
            case ImagePart image:
                WriteImage(image, ref json);
                break;
            case DocumentPart document:
                WriteDocument(document, scope, ref json);
                break;
            case AudioPart audio:
                WriteAudio(audio, scope, ref json);
                break;
            case ExtensionPart extension:
                json.Raw(extension.Raw);
                break;
        }
    }

    private static void WriteImage(ImagePart image, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("type"u8, "input_image"u8);
        if (!image.Source.FileId.IsEmpty)
        {
            json.Member("file_id"u8, image.Source.FileId);
        }
        else
        {
            json.Name("image_url"u8);
            WriteUrl(image.Source, "image/png", ref json);
        }

        json.Member("detail"u8, image.Detail ?? "auto");
        json.EndObject();
    }

    private static void WriteDocument(DocumentPart document, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        var source = document.Source;
        json.StartObject();
        json.Member("type"u8, "input_file"u8);
        if (!source.FileId.IsEmpty)
        {
            json.Member("file_id"u8, source.FileId);
        }
        else if (!source.Url.IsEmpty)
        {
            json.Member("file_url"u8, source.Url);
        }
        else
        {
            var type = source.MediaType.Length > 0 ? source.MediaType : source.Text.IsEmpty ? "application/pdf" : "text/plain";
            json.Name("filename"u8);
            WriteName(document.Name, type, ref json);
            json.Name("file_data"u8);
            WriteUrl(source, type, ref json);
        }

        json.EndObject();
        scope.LoseIf(!document.Context.IsEmpty, $"{document.Path}.context", LossReason.Unsupported);
        scope.LoseIf(document.Citations, $"{document.Path}.citations", LossReason.Unsupported);
    }

    /// <summary>Data without a file name is refused; the name's ending tells the kind of file.</summary>
    private static void WriteName(JsonText given, string type, ref JsonEmitter json)
    {
        var name = given.IsEmpty ? "document" : given.Decode();
        var ending = type switch
        {
            "application/pdf" => ".pdf",
            "text/markdown" => ".md",
            "text/csv" => ".csv",
            "text/html" => ".html",
            _ when type.StartsWith("text/", StringComparison.Ordinal) => ".txt",
            _ => "",
        };
        json.String(name.Contains('.', StringComparison.Ordinal) ? name : name + ending);
    }

    private static void WriteAudio(AudioPart audio, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        scope.LoseIf(audio.Source.Base64.IsEmpty, audio.Path, LossReason.Unsupported);
        json.StartObject();
        json.Member("type"u8, "input_audio"u8);
        json.StartObject("input_audio"u8);
        json.Member("data"u8, audio.Source.Base64);
        json.Member("format"u8, audio.Source.MediaType is "audio/mpeg" or "audio/mp3" ? "mp3"u8 : "wav"u8);
        json.EndObject();
        json.EndObject();
    }

    private static void WriteUrl(MediaSource source, string type, ref JsonEmitter json)
    {
        if (!source.Url.IsEmpty)
        {
            json.Escaped(source.Url);
            return;
        }

        var data = source.Base64.IsEmpty ? Convert.ToBase64String(Encoding.UTF8.GetBytes(source.Text.Decode())) : null;
        var header = $"data:{(source.MediaType.Length > 0 ? source.MediaType : type)};base64,";
        json.StartString();
        json.Append(JsonText.From(header).Span);
        json.Append((data is null ? source.Base64 : JsonText.From(data)).Span);
        json.EndString();
    }
}
