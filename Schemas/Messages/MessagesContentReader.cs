using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>Content blocks of a request (platform.claude.com/docs/en/api/messages) as parts of the hub.</summary>
internal sealed class MessagesContentReader(RequestFields fields, Losses losses)
{
    /// <summary>State without a tag was issued on this wire: by whom, only its family tells.</summary>
    private static readonly Origin Native = new("", "claude", DialectNames.Messages);

    /// <summary>Members of blocks that are read; caller says whether the model or its code made a call, which other APIs do not tell apart.</summary>
    private static readonly string[] Members =
    [
        "type", "text", "citations", "source", "title", "context", "content", "thinking", "signature", "data", "id", "name", "input", "caller",
        "tool_use_id", "is_error", "cache_control",
    ];

    /// <summary>Content that may be a string or an array of blocks.</summary>
    public void Read(JsonValue content, string path, List<Part> parts)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            parts.Add(new TextPart(fields.Body.Text(content)) { Path = path });
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            fields.Fail(path, "must be a string or an array of content blocks");
            return;
        }

        var index = 0;
        foreach (var block in content.EnumerateArray())
        {
            var at = RequestPaths.Item(path, index++);
            if (fields.IsObject(block, at))
            {
                ReadBlock(block, at, parts);
            }
        }
    }

    private void ReadBlock(JsonValue block, string path, List<Part> parts)
    {
        var type = fields.Present(block, "type", path).Word();
        var cache = fields.Cache(block, path);
        var part = type switch
        {
            "text" => new TextPart(fields.Present(block, "text", path)) { Citations = (IReadOnlyList<Citation>?)Citations(block, path) ?? [], Cache = cache, Path = path },
            "image" => Source(block, path, "image/png") is { } source ? new ImagePart(source) : null,
            "document" => Document(block, path),
            "search_result" => SearchResult(block, path),
            "thinking" => Thinking(block, path),
            "redacted_thinking" => new ReasoningPart(default) { State = State(fields.Present(block, "data", path), StateKind.Redacted) },
            "tool_use" => ToolCall(block, path, cache),
            "tool_result" => ToolResult(block, path, cache),
            "server_tool_use" or "mcp_tool_use" => ServerTool(block, path),
            "compaction" => Compaction(block, path),
            _ when type.EndsWith("_tool_result", StringComparison.Ordinal) => ServerToolResult(block, path),
            _ => (Part)new ExtensionPart(type, fields.Body.Raw(block)),
        };
        if (part is not null)
        {
            parts.Add(ReferenceEquals(part.Path, path) ? part : part with { Cache = cache, Path = path });
        }

        if (part is not (null or ExtensionPart or ServerToolPart or ServerToolResultPart))
        {
            fields.LoseOthers(block, path, Members);
        }
    }

    private List<Citation>? Citations(JsonValue block, string path)
    {
        if (!RequestFields.Has(block, "citations", out _))
        {
            return null;
        }

        var citations = new List<Citation>();
        foreach (var citation in fields.Items(block, "citations", path))
        {
            citations.Add(MessagesCitations.Read(fields.Body, citation));
        }

        return citations;
    }

    /// <summary>The "source" of an image or document; "content" sources are read by <see cref="Document"/>.</summary>
    private MediaSource? Source(JsonValue block, string path, string usualType)
    {
        if (!RequestFields.Has(block, "source", out var source))
        {
            fields.Fail($"{path}.source", "field required");
            return null;
        }

        var at = $"{path}.source";
        var type = fields.IsObject(source, at) ? fields.Present(source, "type", at).Decode() : "";
        var mediaType = fields.Word(source, "media_type", at) ?? usualType;
        switch (type)
        {
            case "base64":
                return new MediaSource { Base64 = fields.Present(source, "data", at), MediaType = mediaType };
            case "text":
                return new MediaSource { Text = fields.Present(source, "data", at), MediaType = "text/plain" };
            case "url":
                return new MediaSource { Url = fields.Present(source, "url", at), MediaType = fields.Word(source, "media_type", at) ?? "" };
            case "file":
                return new MediaSource { FileId = fields.Present(source, "file_id", at) };
            case "content":
                return new MediaSource { Text = JoinedText(source, at), MediaType = "text/plain" };
            default:
                fields.Fail($"{at}.type", "must be base64, text, url, file or content");
                return null;
        }
    }

    private DocumentPart? Document(JsonValue block, string path)
    {
        if (Source(block, path, "application/pdf") is not { } source)
        {
            return null;
        }

        var asksCitations = RequestFields.Has(block, "citations", out var citations)
            && citations.ValueKind == JsonValueKind.Object && fields.Flag(citations, "enabled", $"{path}.citations") == true;
        return new DocumentPart(source)
        {
            Name = fields.Text(block, "title", path),
            Context = fields.Text(block, "context", path),
            Citations = asksCitations,
        };
    }

    private TextPart SearchResult(JsonValue block, string path)
    {
        var passages = new List<JsonText>();
        foreach (var passage in fields.Items(block, "content", path))
        {
            passages.Add(fields.Text(passage, "text", $"{path}.content"));
        }

        var asksCitations = RequestFields.Has(block, "citations", out var citations) && fields.Flag(citations, "enabled", $"{path}.citations") == true;
        return new SearchResult(fields.Text(block, "source", path), fields.Text(block, "title", path), passages, asksCitations).AsText();
    }

    private JsonText JoinedText(JsonValue source, string path)
    {
        if (!RequestFields.Has(source, "content", out var content))
        {
            return default;
        }

        var parts = new List<Part>();
        Read(content, RequestPaths.Member(path, "content"), parts);
        var joined = new ArrayBufferWriter<byte>();
        foreach (var part in parts)
        {
            if (part is not TextPart text)
            {
                losses.Add(part.Path, LossReason.Unsupported);
                continue;
            }

            joined.Write(joined.WrittenCount > 0 ? "\\n"u8 : default);
            joined.Write(text.Text.Span);
        }

        return new JsonText(joined.WrittenMemory);
    }

    private ReasoningPart Thinking(JsonValue block, string path) => new(fields.Present(block, "thinking", path))
    {
        State = State(fields.Text(block, "signature", path), StateKind.Signature),
    };

    private static ReasoningState? State(JsonText carried, StateKind kind) => carried.IsEmpty ? null : ReasoningState.Open(carried, kind, Native);

    private ToolCallPart ToolCall(JsonValue block, string path, CacheControl? cache)
    {
        var input = RequestFields.Has(block, "input", out var value) && fields.IsObject(value, RequestPaths.Member(path, "input")) ? fields.Body.Raw(value) : RawJson.EmptyObject;
        return new ToolCallPart(fields.Present(block, "id", path), fields.Present(block, "name", path))
        {
            Arguments = JsonText.FromJson(input.Span),
            Cache = cache,
            Path = path,
        };
    }

    private ToolResultPart ToolResult(JsonValue block, string path, CacheControl? cache)
    {
        var result = new ToolResultPart(fields.Present(block, "tool_use_id", path))
        {
            IsError = fields.Flag(block, "is_error", path) == true,
            Cache = cache,
            Path = path,
        };
        if (RequestFields.Has(block, "content", out var content))
        {
            Read(content, RequestPaths.Member(path, "content"), result.Content);
        }

        return result;
    }

    private ServerToolPart ServerTool(JsonValue block, string path)
    {
        var input = RequestFields.Has(block, "input", out var value) ? fields.Body.Raw(value) : RawJson.EmptyObject;
        return new ServerToolPart(fields.Present(block, "id", path), MessagesServerTools.HubName(fields.Body, block))
        {
            Input = JsonText.FromJson(input.Span),
            Raw = fields.Body.Raw(block),
        };
    }

    private ServerToolResultPart ServerToolResult(JsonValue block, string path) =>
        new(fields.Present(block, "tool_use_id", path), MessagesServerTools.ReadOutcome(fields.Body, block))
        {
            Name = MessagesServerTools.HubName(fields.Body, block),
        };

    /// <summary>The summary that stands for what came before it: as plain text, any model can go on from it.</summary>
    private TextPart Compaction(JsonValue block, string path)
    {
        losses.Add(path, LossReason.Moved);
        return new TextPart(fields.Text(block, "content", path));
    }
}
