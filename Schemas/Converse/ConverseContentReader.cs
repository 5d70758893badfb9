using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Reads content blocks of messages, system prompts and tool results
/// (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html). Each block is a union: one member names
/// what it is. A block nobody knows becomes an extension.
/// </summary>
internal sealed class ConverseContentReader(JsonBody body, Losses losses)
{
    private readonly RequestFields _fields = new(body, losses);

    /// <returns>Null, or what is wrong.</returns>
    public GatewayError? Read(JsonValue content, string path, List<Part> parts)
    {
        var number = 0;
        foreach (var block in content.EnumerateArray())
        {
            var at = RequestPaths.Item(path, number++);
            if (block.ValueKind != JsonValueKind.Object)
            {
                return GatewayError.Invalid($"{at} must be an object", at);
            }

            foreach (var member in block.EnumerateObject())
            {
                // SDKs write members of a union they do not use as null.
                if (member.Value.ValueKind != JsonValueKind.Null && ReadBlock(member.Name, member.Value, at, parts) is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    public CacheControl CachePoint(JsonValue point) => new(Text(point, "ttl"u8) is { IsEmpty: false } ttl ? ttl.Decode() : null);

    private GatewayError? ReadBlock(string kind, JsonValue value, string path, List<Part> parts)
    {
        switch (kind)
        {
            case "text" when value.ValueKind == JsonValueKind.String:
                parts.Add(new TextPart(body.Text(value)) { Path = path });
                return null;
            case "text":
                return GatewayError.Invalid($"{path}.text must be a string", $"{path}.text");
            case "json":
                parts.Add(new TextPart(JsonQuote.Of(body.Raw(value))) { Path = path });
                return null;
            case "image" or "document" or "video" or "audio":
                return ReadMedia(kind, value, path, parts);
            case "toolUse":
                return ReadToolUse(value, path, parts);
            case "toolResult":
                return ReadToolResult(value, path, parts);
            case "cachePoint" when parts.Count > 0:
                parts[^1] = parts[^1] with { Cache = CachePoint(value) };
                return null;
            case "cachePoint":
                losses.Add(path, LossReason.Conflict);
                return null;
            case "reasoningContent":
                ReadReasoning(value, path, parts);
                return null;
            case "citationsContent":
                parts.Add(ReadCitations(value, path));
                return null;
            case "guardContent":
                return ReadGuarded(value, path, parts);
            case "searchResult":
                parts.Add(ReadSearchResult(value, path));
                return null;
            default:
                parts.Add(new ExtensionPart(kind, body.Raw(value)) { Path = path });
                return null;
        }
    }

    private GatewayError? ReadMedia(string kind, JsonValue value, string path, List<Part> parts)
    {
        _fields.LoseOthers(value, $"{path}.{kind}", ["format", "source", "name", "context", "citations"]);
        var format = Text(value, "format"u8).Decode();
        var source = new MediaSource { MediaType = ConverseMedia.MediaType(kind, format) };
        var from = Member(value, "source"u8) ?? default;
        if (Member(from, "bytes"u8) is { } bytes)
        {
            if (bytes.ValueKind != JsonValueKind.String)
            {
                return GatewayError.Invalid($"{path}.{kind}.source.bytes must be a base64 string", $"{path}.{kind}.source.bytes");
            }

            source = source with { Base64 = body.Text(bytes) };
        }
        else if (Member(from, "text"u8) is { } text)
        {
            source = source with { Text = body.Text(text) };
        }
        else if (Member(from, "content"u8) is { } content)
        {
            source = source with { Text = ConverseToolResults.PlainText(body, content) };
        }
        else
        {
            // An S3 object is readable only with the caller's AWS account.
            parts.Add(new ExtensionPart(kind, body.Raw(value)) { Path = path });
            return null;
        }

        parts.Add(MediaPart(kind, value, source, path));
        return null;
    }

    private Part MediaPart(string kind, JsonValue value, MediaSource source, string path) => kind switch
    {
        "image" => new ImagePart(source) { Path = path },
        "video" => new VideoPart(source) { Path = path },
        "audio" => new AudioPart(source) { Path = path },
        _ => new DocumentPart(source)
        {
            Name = Text(value, "name"u8),
            Context = Text(value, "context"u8),
            Citations = AsksCitations(value),
            Path = path,
        },
    };

    private GatewayError? ReadToolUse(JsonValue tool, string path, List<Part> parts)
    {
        var id = Text(tool, "toolUseId"u8);
        var name = Text(tool, "name"u8);
        if (id.IsEmpty || name.IsEmpty)
        {
            var field = $"{path}.toolUse.{(id.IsEmpty ? "toolUseId" : "name")}";
            return GatewayError.Invalid($"{field} must be a string", field);
        }

        _fields.LoseOthers(tool, $"{path}.toolUse", ["toolUseId", "name", "input", "type"]);
        var input = Member(tool, "input"u8) is { } value ? JsonQuote.Of(body.Raw(value)) : default;
        if (Text(tool, "type"u8).Is(ConverseServerTools.CallType))
        {
            var hubName = new JsonText(ConverseServerTools.HubName(name.Span).ToArray());
            parts.Add(new ServerToolPart(id, hubName) { Input = input, Raw = body.Raw(tool), Path = path });
        }
        else
        {
            parts.Add(new ToolCallPart(id, name) { Arguments = input, Path = path });
        }

        return null;
    }

    private GatewayError? ReadToolResult(JsonValue result, string path, List<Part> parts)
    {
        var id = Text(result, "toolUseId"u8);
        if (id.IsEmpty)
        {
            return GatewayError.Invalid($"{path}.toolResult.toolUseId must be a string", $"{path}.toolResult.toolUseId");
        }

        _fields.LoseOthers(result, $"{path}.toolResult", ["toolUseId", "content", "status", "type"]);
        var isError = Text(result, "status"u8).Is("error"u8);
        var content = Member(result, "content"u8) ?? default;
        if (!Text(result, "type"u8).IsEmpty)
        {
            var text = ConverseToolResults.PlainText(body, content);
            parts.Add(new ServerToolResultPart(id, ConverseServerTools.Outcome(text, isError, body.Raw(result))) { Path = path });
            return null;
        }

        var part = new ToolResultPart(id) { IsError = isError, Path = path };
        parts.Add(part);
        return content.ValueKind == JsonValueKind.Array ? Read(content, $"{path}.toolResult.content", part.Content) : null;
    }

    private void ReadReasoning(JsonValue reasoning, string path, List<Part> parts)
    {
        if (Member(reasoning, "reasoningText"u8) is { } shown)
        {
            var signature = Text(shown, "signature"u8);
            parts.Add(new ReasoningPart(Text(shown, "text"u8))
            {
                State = signature.IsEmpty ? null : ConverseReasoning.OpenSignature(signature),
                Path = path,
            });
        }

        if (Text(reasoning, "redactedContent"u8) is { IsEmpty: false } redacted)
        {
            parts.Add(new ReasoningPart(default) { State = ConverseReasoning.OpenRedacted(redacted), Path = path });
        }
    }

    private TextPart ReadCitations(JsonValue cited, string path)
    {
        var text = Member(cited, "content"u8) is { } content ? ConverseToolResults.PlainText(body, content) : default;
        var citations = new List<Citation>();
        if (Member(cited, "citations"u8) is { ValueKind: JsonValueKind.Array } items)
        {
            foreach (var item in items.EnumerateArray())
            {
                if (ConverseCitations.Read(body, item) is { } citation)
                {
                    citations.Add(citation);
                }
            }
        }

        return new TextPart(text) { Citations = citations, Path = path };
    }

    /// <summary>guardContent says what the guardrail should look at; for the model it is plain content.</summary>
    private GatewayError? ReadGuarded(JsonValue guarded, string path, List<Part> parts)
    {
        losses.Add($"{path}.guardContent", LossReason.Moved);
        if (Member(guarded, "image"u8) is { } image)
        {
            return ReadMedia("image", image, path, parts);
        }

        var text = Member(guarded, "text"u8) is { } inner ? Text(inner, "text"u8) : default;
        parts.Add(new TextPart(text) { Path = path });
        return null;
    }

    private TextPart ReadSearchResult(JsonValue result, string path)
    {
        var passages = new List<JsonText>();
        if (Member(result, "content"u8) is { ValueKind: JsonValueKind.Array } content)
        {
            foreach (var passage in content.EnumerateArray())
            {
                passages.Add(Text(passage, "text"u8));
            }
        }

        return new SearchResult(Text(result, "source"u8), Text(result, "title"u8), passages, AsksCitations(result)).AsText() with { Path = path };
    }

    private static bool AsksCitations(JsonValue source) =>
        Member(source, "citations"u8) is { } cited && Member(cited, "enabled"u8) is { ValueKind: JsonValueKind.True };

    private JsonText Text(JsonValue element, ReadOnlySpan<byte> name) => Member(element, name) is { } value ? body.Text(value) : default;

    private static JsonValue? Member(JsonValue element, ReadOnlySpan<byte> name) =>
        RequestFields.Has(element, name, out var value) ? value : null;
}
