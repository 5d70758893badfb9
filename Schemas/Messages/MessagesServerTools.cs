using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Calls and results of tools the provider runs: server_tool_use, mcp_tool_use and the *_tool_result blocks
/// (platform.claude.com/docs/en/agents-and-tools/tool-use/server-tools), as the hub names them.
/// </summary>
internal static class MessagesServerTools
{
    public static readonly JsonText WebSearch = JsonText.From(ServerToolNames.WebSearch);
    public static readonly JsonText WebFetch = JsonText.From(ServerToolNames.WebFetch);
    public static readonly JsonText CodeExecution = JsonText.From(ServerToolNames.CodeExecution);
    public static readonly JsonText Mcp = JsonText.From(ServerToolNames.Mcp);

    /// <summary>The hub's name of the tool a call or result block belongs to; the block's own word where the hub has none.</summary>
    public static JsonText HubName(JsonBody body, JsonValue block)
    {
        var type = body.TextOf(block, "type"u8);
        if (type.Span.StartsWith("mcp_tool_"u8))
        {
            return Mcp;
        }

        var name = type.Is("server_tool_use"u8) ? body.TextOf(block, "name"u8) : type;
        return name.Span switch
        {
            var n when n.StartsWith("web_search"u8) => WebSearch,
            var n when n.StartsWith("web_fetch"u8) => WebFetch,
            // The newer tool calls itself by what it does: bash_code_execution, text_editor_code_execution.
            var n when n.IndexOf("code_execution"u8) >= 0 => CodeExecution,
            var n when n.EndsWith("_tool_result"u8) => new JsonText(name.Escaped[..^"_tool_result".Length]),
            _ => name,
        };
    }

    /// <summary>What a result block says, whichever tool's it is: the blocks share their members' names.</summary>
    public static ServerToolOutcome ReadOutcome(JsonBody body, JsonValue block)
    {
        var hits = new List<SearchHit>();
        var text = new ArrayBufferWriter<byte>();
        JsonText error = default;
        if (block.TryGetProperty("content"u8, out var content))
        {
            if (content.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in content.EnumerateArray())
                {
                    ReadItem(body, item, hits, text, ref error);
                }
            }
            else
            {
                ReadItem(body, content, hits, text, ref error);
            }
        }

        return new ServerToolOutcome
        {
            Hits = hits,
            Text = new JsonText(text.WrittenMemory),
            ErrorCode = error,
            Raw = body.Raw(block),
        };
    }

    private static void ReadItem(JsonBody body, JsonValue item, List<SearchHit> hits, ArrayBufferWriter<byte> text, ref JsonText error)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            Append(text, body.Text(item));
            return;
        }

        error = body.TextOf(item, "error_code"u8) is { IsEmpty: false } code ? code : error;
        if (body.TextOf(item, "url"u8) is { IsEmpty: false } url)
        {
            hits.Add(new SearchHit(url, body.TextOf(item, "title"u8))
            {
                Date = body.TextOf(item, "page_age"u8),
                Encrypted = body.TextOf(item, "encrypted_content"u8),
            });
        }

        Append(text, body.TextOf(item, "text"u8));
        Append(text, body.TextOf(item, "stdout"u8));
        Append(text, body.TextOf(item, "stderr"u8));
        Append(text, body.TextOf(item, "content"u8));
        if (item.TryGetProperty("content"u8, out var document) && document.ValueKind == JsonValueKind.Object
            && document.TryGetProperty("source"u8, out var source) && body.TextOf(source, "type"u8).Is("text"u8))
        {
            Append(text, body.TextOf(source, "data"u8));
        }
    }

    private static void Append(ArrayBufferWriter<byte> output, JsonText text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (output.WrittenCount > 0)
        {
            output.Write("\\n"u8);
        }

        output.Write(text.Span);
    }
}
