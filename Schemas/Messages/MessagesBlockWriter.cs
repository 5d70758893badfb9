using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// The content blocks and the head of a message, as an answer shows them, whole or streamed
/// (platform.claude.com/docs/en/api/messages). Members the official clients require are there even where they are null.
/// </summary>
internal sealed class MessagesBlockWriter(AnswerContext context)
{
    /// <summary>Reasoning state of this family goes to the caller as it is; all other is tagged with its issuer.</summary>
    private const string OwnFamily = "claude";

    /// <summary>A free-form tool's text travels as {"input": text}: these lie around it, escaped as partial_json is.</summary>
    public static ReadOnlySpan<byte> FreeInputHead => "{\\\"input\\\":\\\""u8;

    public static ReadOnlySpan<byte> FreeInputTail => "\\\"}"u8;

    public void WriteHead(ref JsonEmitter json, ReadOnlySpan<byte> id, ReadOnlySpan<byte> model)
    {
        json.Name("id"u8);
        if (id.IsEmpty)
        {
            json.String($"msg_{context.ExchangeId}");
        }
        else
        {
            json.Escaped(id);
        }

        json.Member("type"u8, "message"u8);
        json.Member("role"u8, "assistant"u8);
        json.Name("model"u8);
        if (model.IsEmpty)
        {
            json.String(context.Model);
        }
        else
        {
            json.Escaped(model);
        }
    }

    public static void WriteStop(ref JsonEmitter json, ReadOnlySpan<byte> reason, JsonText sequence)
    {
        json.MemberOrNull("stop_reason"u8, reason);
        json.MemberOrNull("stop_sequence"u8, sequence);
    }

    public static bool CanWrite(BlockKind kind, ReadOnlySpan<byte> name, ServerToolOutcome? outcome) => kind switch
    {
        BlockKind.Media => false,
        BlockKind.ServerTool => IsServerTool(name),
        BlockKind.ServerToolResult => outcome is not null && IsServerTool(name),
        _ => true,
    };

    /// <summary>A block as it begins in a stream: empty, but for results of server tools, which come whole.</summary>
    public void WriteStart(ref JsonEmitter json, in ResponseEvent e, int index)
    {
        switch (e.Block)
        {
            case BlockKind.Tool or BlockKind.CustomTool:
                WriteTool(ref json, e.Id, e.Name, index, RawJson.EmptyObject.Span);
                break;
            case BlockKind.ServerTool:
                WriteServerTool(ref json, e.Id, e.Name, index, RawJson.EmptyObject.Span, e.Raw);
                break;
            case BlockKind.ServerToolResult when e.Outcome is { } outcome:
                WriteServerToolResult(ref json, e.Id, e.Name, outcome);
                break;
            default:
                json.StartObject();
                json.Member("type"u8, "text"u8);
                json.Member("text"u8, ""u8);
                json.EndObject();
                break;
        }
    }

    public void WriteTool(ref JsonEmitter json, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, int index, ReadOnlySpan<byte> input)
    {
        json.StartObject();
        json.Member("type"u8, "tool_use"u8);
        WriteId(ref json, "id"u8, id, "toolu", index);
        json.Member("name"u8, name);
        json.Name("input"u8);
        json.Raw(input);
        json.EndObject();
    }

    /// <param name="raw">The call as its own dialect wrote it: of an MCP call it tells the tool and its server.</param>
    public void WriteServerTool(
        ref JsonEmitter json, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, int index, ReadOnlySpan<byte> input, ReadOnlySpan<byte> raw)
    {
        var isMcp = name.SequenceEqual("mcp"u8);
        json.StartObject();
        json.Member("type"u8, isMcp ? "mcp_tool_use"u8 : "server_tool_use"u8);
        WriteId(ref json, "id"u8, id, isMcp ? "mcptoolu" : "srvtoolu", index);
        json.Member("name"u8, isMcp && JsonPick.Escaped(raw, "name"u8) is { IsEmpty: false } tool ? tool : name);
        if (isMcp)
        {
            json.Member("server_name"u8, JsonPick.Escaped(raw, "server_label"u8) is { IsEmpty: false } server ? server : name);
        }

        json.Name("input"u8);
        json.Raw(input);
        json.EndObject();
    }

    public static void WriteServerToolResult(ref JsonEmitter json, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> name, ServerToolOutcome outcome)
    {
        json.StartObject();
        json.Name("type"u8);
        json.StartString();
        json.Append(name);
        json.Append("_tool_result"u8);
        json.EndString();
        json.Member("tool_use_id"u8, callId);
        var isMcp = name.SequenceEqual("mcp"u8);
        if (isMcp)
        {
            json.Member("is_error"u8, !outcome.ErrorCode.IsEmpty);
        }

        json.Name("content"u8);
        if (isMcp)
        {
            WriteTextBlocks(ref json, outcome.Text.IsEmpty ? outcome.ErrorCode : outcome.Text);
        }
        else
        {
            WriteOutcome(ref json, name, outcome);
        }

        json.EndObject();
    }

    public static void WriteThinking(ref JsonEmitter json, JsonText text, JsonText signature)
    {
        json.StartObject();
        json.Member("type"u8, "thinking"u8);
        json.Member("thinking"u8, text);
        json.Member("signature"u8, signature);
        json.EndObject();
    }

    public void WriteRedacted(ref JsonEmitter json, JsonText itemId, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        json.StartObject();
        json.Member("type"u8, "redacted_thinking"u8);
        json.Name("data"u8);
        json.StartString();
        WriteTag(StateKind.Redacted, itemId.Span, output);
        output.Write(data);
        json.EndString();
        json.EndObject();
    }

    /// <summary>Marks another family's opaque state with its issuer, so that it comes back to nobody else.</summary>
    public void WriteTag(StateKind kind, ReadOnlySpan<byte> itemId, IBufferWriter<byte> output)
    {
        if (context.Origin.Family != OwnFamily)
        {
            ReasoningState.WriteTag(kind, context.Origin, itemId, output);
        }
    }

    private static bool IsServerTool(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("web_search"u8) || name.SequenceEqual("web_fetch"u8) || name.SequenceEqual("code_execution"u8)
        || name.SequenceEqual("mcp"u8);

    private static void WriteOutcome(ref JsonEmitter json, ReadOnlySpan<byte> name, ServerToolOutcome outcome)
    {
        if (!outcome.ErrorCode.IsEmpty)
        {
            WriteTyped(ref json, name, "_tool_result_error"u8);
            json.Member("error_code"u8, outcome.ErrorCode);
            json.EndObject();
        }
        else if (name.SequenceEqual("web_search"u8))
        {
            WriteHits(ref json, outcome.Hits);
        }
        else if (name.SequenceEqual("web_fetch"u8))
        {
            WritePage(ref json, outcome);
        }
        else
        {
            WriteTyped(ref json, name, "_result"u8);
            json.Member("stdout"u8, outcome.Text);
            json.Member("stderr"u8, ""u8);
            json.Member("return_code"u8, 0);
            json.StartArray("content"u8);
            json.EndArray();
            json.EndObject();
        }
    }

    private static void WriteHits(ref JsonEmitter json, IReadOnlyList<SearchHit> hits)
    {
        json.StartArray();
        foreach (var hit in hits)
        {
            json.StartObject();
            json.Member("type"u8, "web_search_result"u8);
            json.Member("title"u8, hit.Title);
            json.Member("url"u8, hit.Url);
            json.Member("encrypted_content"u8, hit.Encrypted);
            json.MemberOrNull("page_age"u8, hit.Date);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WritePage(ref JsonEmitter json, ServerToolOutcome outcome)
    {
        var page = outcome.Hits.Count > 0 ? outcome.Hits[0] : new SearchHit(default, default);
        json.StartObject();
        json.Member("type"u8, "web_fetch_result"u8);
        json.Member("url"u8, page.Url);
        json.StartObject("content"u8);
        json.Member("type"u8, "document"u8);
        json.StartObject("source"u8);
        json.Member("type"u8, "text"u8);
        json.Member("media_type"u8, "text/plain"u8);
        json.Member("data"u8, outcome.Text);
        json.EndObject();
        json.MemberOrNull("title"u8, page.Title);
        json.EndObject();
        json.MemberOrNull("retrieved_at"u8, page.Date);
        json.EndObject();
    }

    private static void WriteTextBlocks(ref JsonEmitter json, JsonText text)
    {
        json.StartArray();
        json.StartObject();
        json.Member("type"u8, "text"u8);
        json.Member("text"u8, text);
        json.EndObject();
        json.EndArray();
    }

    private static void WriteTyped(ref JsonEmitter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix)
    {
        json.StartObject();
        json.Name("type"u8);
        json.StartString();
        json.Append(name);
        json.Append(suffix);
        json.EndString();
    }

    private void WriteId(ref JsonEmitter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, string prefix, int index)
    {
        json.Name(name);
        if (id.IsEmpty)
        {
            json.String($"{prefix}_{context.ExchangeId}_{index}");
        }
        else
        {
            json.Escaped(id);
        }
    }
}
