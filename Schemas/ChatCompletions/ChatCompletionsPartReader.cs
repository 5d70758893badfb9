using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>Content of a chat message: a string, or parts (platform.openai.com/docs/api-reference/chat/create, vendors' additions).</summary>
internal sealed class ChatCompletionsPartReader(RequestFields fields)
{
    /// <summary>Members of parts that are read, those of blocks in hybrid bodies included.</summary>
    private static readonly string[] Members =
    [
        "type", "text", "refusal", "cache_control", "prompt_cache_breakpoint", "image_url", "file", "input_audio", "video_url", "document_url", "document_name",
        "detail", "file_id", "file_data", "file_url", "filename", "source", "title", "thinking", "signature", "id", "name", "input", "function",
        "tool_use_id", "tool_call_id", "content", "is_error", "annotations",
    ];

    /// <summary>Reads a message's content; a breakpoint on the message itself goes on its last part.</summary>
    public void Read(JsonValue message, string path, List<Part> parts)
    {
        var start = parts.Count;
        ReadContent(message, "content", path, parts);
        if (fields.Cache(message, path) is { } cache && parts.Count > start)
        {
            parts[^1] = parts[^1] with { Cache = cache };
        }
    }

    public void ReadContent(JsonValue owner, string name, string path, List<Part> parts)
    {
        if (!RequestFields.Has(owner, name, out var content))
        {
            return;
        }

        var at = RequestPaths.Member(path, name);
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                parts.Add(new TextPart(fields.TextOf(content)) { Path = at });
                break;
            case JsonValueKind.Array:
                var i = 0;
                foreach (var part in content.EnumerateArray())
                {
                    ReadPart(part, RequestPaths.Item(at, i++), parts);
                }

                break;
            default:
                fields.Fail(at, "must be a string or an array of parts");
                break;
        }
    }

    private void ReadPart(JsonValue part, string path, List<Part> parts)
    {
        if (part.ValueKind == JsonValueKind.String)
        {
            parts.Add(new TextPart(fields.TextOf(part)) { Path = path });
            return;
        }

        if (part.ValueKind != JsonValueKind.Object)
        {
            fields.Fail(path, "must be an object");
            return;
        }

        var type = fields.Required(part, "type", path).Word();
        var cache = fields.Cache(part, path);
        switch (type)
        {
            case "text" or "input_text" or "output_text":
                parts.Add(new TextPart(fields.Text(part, "text", path)) { Cache = cache, Path = path });
                break;
            case "refusal":
                parts.Add(new RefusalPart(fields.Text(part, "refusal", path)) { Cache = cache, Path = path });
                break;
            case "thinking":
                ReadThinking(part, path, parts);
                break;
            case "tool_use":
                parts.Add(ReadToolUse(part, path, cache));
                break;
            case "tool_result":
                parts.Add(ReadToolResult(part, path, cache));
                break;
            default:
                parts.Add(new ChatCompletionsMediaReader(fields).Read(part, type, path) with { Cache = cache, Path = path });
                break;
        }

        if (parts is [.., not ExtensionPart])
        {
            fields.LoseOthers(part, path, Members);
        }
    }

    /// <summary>Mistral's thinking part, and Messages' thinking block in a hybrid body.</summary>
    private void ReadThinking(JsonValue part, string path, List<Part> parts)
    {
        if (!RequestFields.Has(part, "thinking", out var thinking))
        {
            return;
        }

        if (thinking.ValueKind == JsonValueKind.String)
        {
            var signature = fields.Text(part, "signature", path);
            var native = new Origin("", "claude", DialectNames.Messages);
            parts.Add(new ReasoningPart(fields.TextOf(thinking))
            {
                State = signature.IsEmpty ? null : ReasoningState.Open(signature, StateKind.Signature, native),
                Path = path,
            });
            return;
        }

        var pieces = new List<Part>();
        ReadContent(part, "thinking", path, pieces);
        foreach (var piece in pieces)
        {
            parts.Add(piece is TextPart text ? new ReasoningPart(text.Text) { Path = text.Path } : piece);
        }
    }

    private ToolCallPart ReadToolUse(JsonValue part, string path, CacheControl? cache)
    {
        var isNested = fields.Has(part, "function", path, JsonValueKind.Object, out var function);
        var arguments = RequestFields.Has(isNested ? function : part, isNested ? "arguments" : "input", out var input)
            ? input.ValueKind == JsonValueKind.String ? fields.TextOf(input) : JsonText.FromUtf8(fields.Raw(input).Span)
            : default;
        return new ToolCallPart(CallId(part, "id", path), fields.Required(isNested ? function : part, "name", path))
        {
            Arguments = arguments,
            Cache = cache,
            Path = path,
        };
    }

    private ToolResultPart ReadToolResult(JsonValue part, string path, CacheControl? cache)
    {
        var result = new ToolResultPart(CallId(part, "tool_use_id", path))
        {
            IsError = RequestFields.Has(part, "is_error", out var flag) && flag.ValueKind == JsonValueKind.True,
            Cache = cache,
            Path = path,
        };
        ReadContent(part, "content", path, result.Content);
        return result;
    }

    private JsonText CallId(JsonValue part, string name, string path)
    {
        var id = fields.Text(part, name, path);
        id = id.IsEmpty ? fields.Text(part, "tool_call_id", path) : id;
        if (id.IsEmpty)
        {
            fields.Fail($"{path}.{name}", "is required");
        }

        return id;
    }
}
