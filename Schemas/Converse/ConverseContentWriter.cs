using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Writes turns as messages of content blocks (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html).
/// What Converse cannot say is left out and recorded.
/// </summary>
internal sealed class ConverseContentWriter(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
{
    private readonly HashSet<string> _documentNames = [];

    public void WriteMessages(ref JsonEmitter json, List<Turn> turns)
    {
        json.StartArray();
        foreach (var turn in turns)
        {
            json.StartObject();
            json.Member("role"u8, turn.Role == Role.Assistant ? "assistant"u8 : "user"u8);
            json.StartArray("content"u8);
            WriteTurn(ref json, turn);
            if (ReferenceEquals(turn, turns[^1]))
            {
                WriteCachePoint(ref json, turn.Parts is [.., { Cache: not null }] ? null : request.Cache, target, "cache_control", losses);
            }

            json.EndArray();
            json.EndObject();
        }

        json.EndArray();
    }

    /// <summary>A cache point stands behind what it marks. Five minutes are the default, and not every model knows ttl.</summary>
    public static void WriteCachePoint(ref JsonEmitter json, CacheControl? cache, TargetModel target, string path, Losses losses)
    {
        if (cache is null)
        {
            return;
        }

        if (target.TakesCacheControl)
        {
            json.Raw(cache.Ttl == "1h" ? "{\"cachePoint\":{\"type\":\"default\",\"ttl\":\"1h\"}}"u8 : "{\"cachePoint\":{\"type\":\"default\"}}"u8);
        }
        else
        {
            losses.Add($"{path}.cache_control", LossReason.Unsupported);
        }
    }

    private void WriteTurn(ref JsonEmitter json, Turn turn)
    {
        var hasContent = false;
        var hasText = false;
        var hasDocument = false;
        foreach (var part in turn.Parts)
        {
            // "You can only include images and documents if the role is user" (API_runtime_Message).
            var isWritten = turn.Role == Role.Assistant && part is (ImagePart or DocumentPart) ? Lose(part.Path) : WritePart(ref json, part, isInResult: false);
            hasContent |= isWritten;
            hasText |= isWritten && part is TextPart;
            hasDocument |= isWritten && part is DocumentPart;
            if (hasContent)
            {
                // Also behind what was left out: a breakpoint is meant for all that stands before it.
                WriteCachePoint(ref json, CacheOf(part), target, part.Path, losses);
            }
        }

        // "You must also include a ContentBlock with a text field" beside a document (API_runtime_Message), and no message may be empty.
        if (!hasContent || (hasDocument && !hasText))
        {
            json.Raw(hasContent ? "{\"text\":\"(document)\"}"u8 : "{\"text\":\"(no content)\"}"u8);
            losses.Add(turn.Parts is [var first, ..] ? first.Path : "messages", LossReason.Repaired);
        }
    }

    /// <summary>A breakpoint inside a tool result moves behind it: Converse has none there.</summary>
    private static CacheControl? CacheOf(Part part) =>
        part.Cache ?? (part is ToolResultPart { Content: [.., { Cache: { } inner }] } ? inner : null);

    private bool WritePart(ref JsonEmitter json, Part part, bool isInResult)
    {
        switch (part)
        {
            case TextPart { Result: { } found }:
                return WriteFound(ref json, found);
            case TextPart text:
                losses.AddIf(text.Citations.Count > 0, part.Path, "citations", LossReason.Unsupported);
                return WriteText(ref json, text.Text);
            case RefusalPart refusal:
                return WriteText(ref json, refusal.Text);
            case ImagePart image:
                losses.AddIf(image.Detail is not (null or "auto"), part.Path, "detail", LossReason.Unsupported);
                return WriteMedia(ref json, "image", image.Source, part.Path);
            case VideoPart video:
                return WriteMedia(ref json, "video", video.Source, part.Path);
            case AudioPart audio:
                return WriteMedia(ref json, "audio", audio.Source, part.Path);
            case DocumentPart document:
                return WriteDocument(ref json, document);
            case ToolCallPart call when !isInResult:
                return WriteToolUse(ref json, call);
            case ToolResultPart result when !isInResult:
                return WriteToolResult(ref json, result);
            case ReasoningPart { State: { } state } reasoning when !isInResult:
                return WriteReasoning(ref json, reasoning, state);
            default:
                return Lose(part.Path);
        }
    }

    private static bool WriteText(ref JsonEmitter json, JsonText text)
    {
        if (RequestRepair.IsBlank(text))
        {
            return false;
        }

        json.StartObject();
        json.Member("text"u8, text);
        json.EndObject();
        return true;
    }

    /// <summary>docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SearchResultBlock.html</summary>
    private static bool WriteFound(ref JsonEmitter json, SearchResult found)
    {
        json.StartObject();
        json.StartObject("searchResult"u8);
        json.Member("source"u8, found.Source);
        json.Member("title"u8, found.Title);
        json.StartArray("content"u8);
        foreach (var passage in found.Passages)
        {
            WriteText(ref json, passage);
        }

        json.EndArray();
        WriteCitations(ref json, found.Citations);
        json.EndObject();
        json.EndObject();
        return true;
    }

    private static void WriteCitations(ref JsonEmitter json, bool areAsked)
    {
        if (areAsked)
        {
            json.Name("citations"u8);
            json.Raw("{\"enabled\":true}"u8);
        }
    }

    private bool WriteMedia(ref JsonEmitter json, string kind, MediaSource source, string path)
    {
        var type = source.MediaType.Length > 0 && source.MediaType != "image/*" ? source.MediaType : Sniff(source.Base64.Span);
        if (source.Base64.IsEmpty || ConverseMedia.Format(kind, type) is not { } format)
        {
            return Lose(path);
        }

        json.StartObject();
        json.StartObject(Encoding.ASCII.GetBytes(kind));
        json.Member("format"u8, format);
        json.StartObject("source"u8);
        json.Member("bytes"u8, source.Base64);
        json.EndObject();
        json.EndObject();
        json.EndObject();
        return true;
    }

    private bool WriteDocument(ref JsonEmitter json, DocumentPart document)
    {
        var source = document.Source;
        var type = source switch
        {
            { MediaType.Length: > 0 } => source.MediaType,
            { Text.IsEmpty: false } => "text/plain",
            _ => "application/pdf",
        };
        if ((source.Base64.IsEmpty && source.Text.IsEmpty) || ConverseMedia.Format("document", type) is not { } format)
        {
            return Lose(document.Path);
        }

        json.StartObject();
        json.StartObject("document"u8);
        json.Member("format"u8, format);
        json.Member("name"u8, DocumentName(document.Name));
        json.StartObject("source"u8);
        json.Name("bytes"u8);
        json.StartString();
        // Text documents go as bytes too: every model takes those, source.text only some.
        source.WriteBytes(output);
        json.EndString();
        json.EndObject();
        json.MemberIfKnown("context"u8, document.Context);

        WriteCitations(ref json, document.Citations);
        json.EndObject();
        json.EndObject();
        return true;
    }

    /// <summary>Letters, digits, single spaces, hyphens, parentheses and brackets, unique in the request (API_runtime_DocumentBlock).</summary>
    private string DocumentName(JsonText given)
    {
        var name = new StringBuilder();
        foreach (var c in given.Decode())
        {
            var legal = char.IsAsciiLetterOrDigit(c) || c is '-' or '(' or ')' or '[' or ']' ? c : ' ';
            if (legal != ' ' || (name.Length > 0 && name[^1] != ' '))
            {
                name.Append(legal);
            }
        }

        var trimmed = name.ToString().TrimEnd();
        trimmed = trimmed.Length == 0 ? "document" : trimmed[..Math.Min(trimmed.Length, 180)];
        var unique = trimmed;
        for (var n = 2; !_documentNames.Add(unique); n++)
        {
            unique = $"{trimmed} ({n})";
        }

        return unique;
    }

    private bool WriteToolUse(ref JsonEmitter json, ToolCallPart call)
    {
        losses.AddIf(call.State is not null, call.Path, "signature", LossReason.OtherIssuer);
        json.StartObject();
        json.StartObject("toolUse"u8);
        json.Member("toolUseId"u8, call.Id);
        json.Member("name"u8, call.Name);
        json.Name("input"u8);
        if (call.IsCustom)
        {
            json.StartObject();
            json.Member("input"u8, call.Arguments);
            json.EndObject();
        }
        else
        {
            json.Raw(CallArguments.AsObject(call.Arguments, call.Path, losses));
        }

        json.EndObject();
        json.EndObject();
        return true;
    }

    private bool WriteToolResult(ref JsonEmitter json, ToolResultPart result)
    {
        json.StartObject();
        json.StartObject("toolResult"u8);
        json.Member("toolUseId"u8, result.CallId);
        json.StartArray("content"u8);
        var hasContent = false;
        foreach (var part in result.Content)
        {
            hasContent |= WritePart(ref json, part, isInResult: true);
        }

        if (!hasContent)
        {
            json.Raw("{\"text\":\"(no output)\"}"u8);
        }

        json.EndArray();
        if (result.IsError)
        {
            json.Member("status"u8, "error"u8);
        }

        json.EndObject();
        json.EndObject();
        return true;
    }

    private static bool WriteReasoning(ref JsonEmitter json, ReasoningPart reasoning, ReasoningState state)
    {
        json.StartObject();
        json.StartObject("reasoningContent"u8);
        if (state.Kind == StateKind.Redacted)
        {
            json.Member("redactedContent"u8, state.Data);
        }
        else
        {
            json.StartObject("reasoningText"u8);
            json.Member("text"u8, reasoning.Text);
            json.Member("signature"u8, state.Data);
            json.EndObject();
        }

        json.EndObject();
        json.EndObject();
        return true;
    }

    private bool Lose(string path)
    {
        losses.Add(path, LossReason.Unsupported);
        return false;
    }

    /// <summary>The first bytes of the formats Converse takes, in base64.</summary>
    private static string Sniff(ReadOnlySpan<byte> base64) => base64 switch
    {
        _ when base64.StartsWith("iVBOR"u8) => "image/png",
        _ when base64.StartsWith("/9j/"u8) => "image/jpeg",
        _ when base64.StartsWith("R0lG"u8) => "image/gif",
        _ when base64.StartsWith("UklG"u8) => "image/webp",
        _ => "",
    };
}
