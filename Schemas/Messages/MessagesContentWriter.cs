using System.Buffers.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>Parts of the hub as content blocks of a request (platform.claude.com/docs/en/api/messages).</summary>
internal sealed class MessagesContentWriter(MessagesBreakpoints breakpoints, Losses losses)
{
    public void WriteText(ref JsonEmitter json, TextPart text)
    {
        json.StartObject();
        json.Member("type"u8, "text"u8);
        json.Member("text"u8, text.Text);
        if (text.Citations.Count > 0)
        {
            json.StartArray("citations"u8);
            foreach (var citation in text.Citations)
            {
                MessagesCitations.Write(ref json, citation);
            }

            json.EndArray();
        }

        breakpoints.Write(ref json, text.Cache);
        json.EndObject();
    }

    public void Write(ref JsonEmitter json, Part part)
    {
        switch (part)
        {
            case TextPart { Result: { } found }:
                WriteFound(ref json, found, part.Cache);
                break;
            case TextPart text:
                WriteText(ref json, text);
                break;
            case ImagePart image:
                WriteImage(ref json, image);
                break;
            case DocumentPart document:
                WriteDocument(ref json, document);
                break;
            case ReasoningPart { State: { } state } reasoning:
                WriteReasoning(ref json, reasoning, state);
                break;
            case ToolCallPart call:
                WriteCall(ref json, call);
                break;
            case ToolResultPart result:
                WriteResult(ref json, result);
                break;
            case ServerToolPart tool:
                json.Raw(tool.Raw);
                break;
            case ServerToolResultPart result:
                json.Raw(result.Outcome.Raw);
                break;
            case ExtensionPart extension:
                json.Raw(extension.Raw);
                break;
        }
    }

    /// <summary>platform.claude.com/docs/en/build-with-claude/search-results: source, title and content are required.</summary>
    private void WriteFound(ref JsonEmitter json, SearchResult found, CacheControl? cache)
    {
        json.StartObject();
        json.Member("type"u8, "search_result"u8);
        json.Member("source"u8, found.Source);
        json.Member("title"u8, found.Title);
        json.StartArray("content"u8);
        foreach (var passage in found.Passages)
        {
            json.StartObject();
            json.Member("type"u8, "text"u8);
            json.Member("text"u8, passage);
            json.EndObject();
        }

        json.EndArray();
        WriteCitations(ref json, found.Citations);
        breakpoints.Write(ref json, cache);
        json.EndObject();
    }

    private void WriteImage(ref JsonEmitter json, ImagePart image)
    {
        losses.AddIf(image.Detail is not (null or "auto"), image.Path, "detail", LossReason.Unsupported);
        json.StartObject();
        json.Member("type"u8, "image"u8);
        WriteSource(ref json, image.Source, image.Source.MediaType == "image/jpg" ? "image/jpeg" : image.Source.MediaType);
        breakpoints.Write(ref json, image.Cache);
        json.EndObject();
    }

    private void WriteDocument(ref JsonEmitter json, DocumentPart document)
    {
        json.StartObject();
        json.Member("type"u8, "document"u8);
        WriteSource(ref json, PlainSource(document.Source), document.Source.MediaType.Length > 0 ? document.Source.MediaType : "application/pdf");
        json.MemberIfKnown("title"u8, document.Name);
        json.MemberIfKnown("context"u8, document.Context);

        WriteCitations(ref json, document.Citations);
        breakpoints.Write(ref json, document.Cache);
        json.EndObject();
    }

    private static void WriteCitations(ref JsonEmitter json, bool areAsked)
    {
        if (areAsked)
        {
            json.StartObject("citations"u8);
            json.Member("enabled"u8, true);
            json.EndObject();
        }
    }

    /// <summary>Documents in base64 are PDFs; texts of any kind are sent as text.</summary>
    private static MediaSource PlainSource(MediaSource source)
    {
        var isText = source.MediaType.StartsWith("text/", StringComparison.Ordinal) || source.MediaType is "application/json" or "application/xml" or "application/yaml";
        if (!isText || source.Base64.IsEmpty)
        {
            return source;
        }

        var encoded = source.Base64.Decode();
        var plain = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        return Convert.TryFromBase64String(encoded, plain, out var length)
            ? new MediaSource { Text = JsonText.FromJson(plain.AsSpan(0, length)), MediaType = source.MediaType }
            : source;
    }

    private static void WriteSource(ref JsonEmitter json, MediaSource source, string mediaType)
    {
        json.StartObject("source"u8);
        if (!source.Url.IsEmpty)
        {
            json.Member("type"u8, "url"u8);
            json.Member("url"u8, source.Url);
        }
        else if (!source.FileId.IsEmpty)
        {
            json.Member("type"u8, "file"u8);
            json.Member("file_id"u8, source.FileId);
        }
        else if (!source.Text.IsEmpty)
        {
            json.Member("type"u8, "text"u8);
            json.Member("media_type"u8, "text/plain"u8);
            json.Member("data"u8, source.Text);
        }
        else
        {
            json.Member("type"u8, "base64"u8);
            json.Member("media_type"u8, mediaType);
            json.Member("data"u8, source.Base64);
        }

        json.EndObject();
    }

    private void WriteReasoning(ref JsonEmitter json, ReasoningPart reasoning, ReasoningState state)
    {
        json.StartObject();
        if (state.Kind == StateKind.Redacted)
        {
            json.Member("type"u8, "redacted_thinking"u8);
            json.Member("data"u8, state.Data);
        }
        else
        {
            json.Member("type"u8, "thinking"u8);
            json.Member("thinking"u8, reasoning.Text);
            json.Member("signature"u8, state.Data);
        }

        losses.AddIf(reasoning.Cache is not null, reasoning.Path, "cache_control", LossReason.Unsupported);
        json.EndObject();
    }

    private void WriteCall(ref JsonEmitter json, ToolCallPart call)
    {
        losses.AddIf(call.State is not null, call.Path, "signature", LossReason.OtherIssuer);
        json.StartObject();
        json.Member("type"u8, "tool_use"u8);
        json.Member("id"u8, call.Id);
        json.Member("name"u8, call.Name);
        json.Member("input"u8, CallArguments.AsObject(call.Arguments, call.Path, losses));
        breakpoints.Write(ref json, call.Cache);
        json.EndObject();
    }

    private void WriteResult(ref JsonEmitter json, ToolResultPart result)
    {
        json.StartObject();
        json.Member("type"u8, "tool_result"u8);
        json.Member("tool_use_id"u8, result.CallId);
        var cache = result.Cache;
        if (result.Content.Count > 0)
        {
            json.StartArray("content"u8);
            foreach (var part in result.Content)
            {
                // Breakpoints inside a result are refused; the last one may stand on the result (prompt-caching).
                cache ??= part.Cache;
                Write(ref json, part with { Cache = null });
            }

            json.EndArray();
        }

        if (result.IsError)
        {
            json.Member("is_error"u8, true);
        }

        breakpoints.Write(ref json, cache);
        json.EndObject();
    }
}
