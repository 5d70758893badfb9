using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>How several texts of one message are written where no breakpoint or medium demands parts.</summary>
internal enum ChatCompletionsJoin
{
    /// <summary>As parts of their own.</summary>
    Parts,

    /// <summary>As one string: instructions, a blank line between them.</summary>
    Paragraphs,

    /// <summary>As one string: what an assistant or tool said, nothing between.</summary>
    Text,
}

/// <summary>Content of chat messages: a string where that says it all (every vendor takes one), else parts.</summary>
internal sealed class ChatCompletionsPartWriter(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
{
    /// <summary>cache_control as OpenRouter and others pass it to their vendors; where it is refused it is a loss.</summary>
    public static void WriteCache(CacheControl cache, TargetModel target, string path, ref JsonEmitter json, Losses losses)
    {
        if (!target.TakesCacheControl)
        {
            losses.Add($"{path}.cache_control", LossReason.Unsupported);
            return;
        }

        json.StartObject("cache_control"u8);
        json.Member("type"u8, "ephemeral"u8);
        json.MemberIfKnown("ttl"u8, cache.Ttl);
        json.EndObject();
    }

    /// <summary>The parts that chat can say, the same list where those are all; the others are recorded.</summary>
    public List<Part> Sayable(List<Part> parts)
    {
        if (parts.TrueForAll(static p => p is TextPart or RefusalPart))
        {
            return parts;
        }

        var kept = new List<Part>(parts.Count);
        foreach (var part in parts)
        {
            if (IsSayable(part))
            {
                kept.Add(part);
            }
            else
            {
                losses.Add(part.Path, LossReason.Unsupported);
            }
        }

        return kept;
    }

    public void WriteContent(List<Part> parts, ChatCompletionsJoin join, ref JsonEmitter json)
    {
        json.Name("content"u8);
        var hasBreakpoint = target.TakesCacheControl && parts.Exists(static p => p.Cache is not null);
        var isText = parts.TrueForAll(static p => p is TextPart or RefusalPart) && (join != ChatCompletionsJoin.Parts || parts.Count == 1);
        if (isText && !hasBreakpoint)
        {
            WriteString(parts, join, ref json);
            return;
        }

        json.StartArray();
        foreach (var part in parts)
        {
            WritePart(part, ref json);
        }

        json.EndArray();
    }

    private void WriteString(List<Part> parts, ChatCompletionsJoin join, ref JsonEmitter json)
    {
        json.StartString();
        for (var i = 0; i < parts.Count; i++)
        {
            output.Write(i > 0 && join == ChatCompletionsJoin.Paragraphs ? "\\n\\n"u8 : default);
            LoseCitations(parts[i]);
            output.Write(parts[i] is TextPart text ? text.Text.Span : ((RefusalPart)parts[i]).Text.Span);
            losses.AddIf(parts[i].Cache is not null, parts[i].Path, "cache_control", LossReason.Unsupported);
        }

        json.EndString();
    }

    private bool IsSayable(Part part) => part switch
    {
        TextPart or RefusalPart => true,
        ImagePart image => IsSayable(image.Source, takesIds: false),
        DocumentPart document => IsSayable(document.Source, takesIds: true) && document.Source.Url.IsEmpty,
        AudioPart audio => !audio.Source.Base64.IsEmpty,
        VideoPart video => !video.Source.Url.IsEmpty || !video.Source.Base64.IsEmpty,
        ExtensionPart => request.Dialect is DialectNames.Chat or DialectNames.Cursor,
        _ => false,
    };

    private bool IsSayable(MediaSource source, bool takesIds) =>
        !source.Base64.IsEmpty || !source.Text.IsEmpty || (takesIds && !source.FileId.IsEmpty) || (!source.Url.IsEmpty && target.TakesMediaUrls);

    private void WritePart(Part part, ref JsonEmitter json)
    {
        if (part is ExtensionPart extension)
        {
            json.Raw(extension.Raw);
            return;
        }

        json.StartObject();
        switch (part)
        {
            case TextPart text:
                LoseCitations(text);
                WriteText(text.Text, ref json);
                break;
            case RefusalPart refusal:
                WriteText(refusal.Text, ref json);
                break;
            case ImagePart image:
                json.Member("type"u8, "image_url"u8);
                WriteUrl("image_url"u8, image.Source, "image/png", image.Detail, ref json);
                break;
            case VideoPart video:
                json.Member("type"u8, "video_url"u8);
                WriteUrl("video_url"u8, video.Source, "video/mp4", null, ref json);
                break;
            case AudioPart audio:
                WriteAudio(audio.Source, ref json);
                break;
            case DocumentPart document:
                WriteFile(document, ref json);
                break;
        }

        if (part.Cache is { } cache)
        {
            WriteCache(cache, target, part.Path, ref json, losses);
        }

        json.EndObject();
    }

    /// <summary>Annotations are the model's to write: no vendor takes them back.</summary>
    private void LoseCitations(Part part)
    {
        losses.AddIf(part is TextPart { Citations.Count: > 0 }, part.Path, "citations", LossReason.Unsupported);
    }

    private static void WriteText(JsonText text, ref JsonEmitter json)
    {
        json.Member("type"u8, "text"u8);
        json.Member("text"u8, text);
    }

    private void WriteUrl(ReadOnlySpan<byte> name, MediaSource source, string mediaType, string? detail, ref JsonEmitter json)
    {
        json.StartObject(name);
        json.Name("url"u8);
        if (source.Url.IsEmpty)
        {
            WriteDataUrl(source, mediaType, ref json);
        }
        else
        {
            json.Escaped(source.Url);
        }

        if (detail is not null)
        {
            json.Member("detail"u8, detail);
        }

        json.EndObject();
    }

    private void WriteDataUrl(MediaSource source, string mediaType, ref JsonEmitter json)
    {
        json.StartString();
        output.Write("data:"u8);
        output.Write(JsonText.From(source.MediaType.Length > 0 ? source.MediaType : mediaType).Span);
        output.Write(";base64,"u8);
        source.WriteBytes(output);
        json.EndString();
    }

    private static void WriteAudio(MediaSource source, ref JsonEmitter json)
    {
        json.Member("type"u8, "input_audio"u8);
        json.StartObject("input_audio"u8);
        json.Member("data"u8, source.Base64);
        json.Member("format"u8, source.MediaType switch
        {
            "audio/mpeg" or "audio/mp3" => "mp3",
            "" or "audio/wav" or "audio/x-wav" or "audio/wave" => "wav",
            var type => type[(type.LastIndexOf('/') + 1)..],
        });
        json.EndObject();
    }

    private void WriteFile(DocumentPart document, ref JsonEmitter json)
    {
        json.Member("type"u8, "file"u8);
        json.StartObject("file"u8);
        var source = document.Source;
        if (!source.FileId.IsEmpty)
        {
            json.Member("file_id"u8, source.FileId);
        }
        else
        {
            // OpenAI wants a name with an extension beside the data.
            var isText = !source.Text.IsEmpty;
            json.Member("filename"u8, !document.Name.IsEmpty ? document.Name : JsonText.From(isText ? "document.txt" : "document.pdf"));
            json.Name("file_data"u8);
            WriteDataUrl(source, isText ? "text/plain" : "application/pdf", ref json);
        }

        json.EndObject();
        losses.AddIf(document.Citations, document.Path, "citations", LossReason.Unsupported);
        losses.AddIf(!document.Context.IsEmpty, document.Path, "context", LossReason.Unsupported);
    }
}
