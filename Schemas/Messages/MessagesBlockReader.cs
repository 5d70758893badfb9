using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Reads one content block of an answer as events: its start, and whatever it already holds. Whole answers hold all of it
/// there, streams mostly nothing.
/// </summary>
internal static class MessagesBlockReader
{
    /// <summary>Emits BlockStart, or one Extension for a block the hub has no word for.</summary>
    /// <returns>Whether a block was begun that must grow and stop.</returns>
    public static bool Start(JsonBody body, JsonValue block, int index, IResponseSink sink)
    {
        var type = body.TextOf(block, "type"u8);
        var kind = KindOf(type.Span);
        var raw = body.Raw(block);
        if (kind is null)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Extension, Index = index, Name = type.Span, Raw = raw.Span });
            return false;
        }

        var isResult = kind == BlockKind.ServerToolResult;
        sink.On(new ResponseEvent
        {
            Kind = EventKind.BlockStart,
            Index = index,
            Block = kind.Value,
            Id = body.TextOf(block, isResult ? "tool_use_id"u8 : "id"u8).Span,
            Name = NameOf(kind.Value, body, block).Span,
            Raw = kind is BlockKind.ServerTool or BlockKind.ServerToolResult ? raw.Span : default,
            Outcome = isResult ? MessagesServerTools.ReadOutcome(body, block) : null,
        });
        return true;
    }

    /// <summary>Emits what the block holds besides a tool's input: text, citations, thinking, signature, redacted data.</summary>
    public static void Content(JsonBody body, JsonValue block, int index, IResponseSink sink)
    {
        Delta(sink, index, DeltaKind.Text, body.TextOf(block, "thinking"u8));
        Delta(sink, index, DeltaKind.Signature, body.TextOf(block, "signature"u8));
        Delta(sink, index, DeltaKind.Redacted, body.TextOf(block, "data"u8));
        Delta(sink, index, DeltaKind.Text, body.TextOf(block, "text"u8));
        if (!block.TryGetProperty("citations"u8, out var citations) || citations.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var citation in citations.EnumerateArray())
        {
            sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = index, Citation = MessagesCitations.Read(body, citation) });
        }
    }

    /// <summary>A tool's input as the text the hub carries; empty where there is none (yet).</summary>
    public static JsonText Input(JsonBody body, JsonValue block, bool isWhole)
    {
        if (!block.TryGetProperty("input"u8, out var input) || input.ValueKind == JsonValueKind.Null)
        {
            return default;
        }

        // Some servers give the arguments as text; and a stream's start holds {} where deltas are to follow.
        if (input.ValueKind == JsonValueKind.String)
        {
            return body.Text(input);
        }

        var isEmpty = input.ValueKind == JsonValueKind.Object && !input.EnumerateObject().MoveNext();
        return isEmpty && !isWhole ? default : JsonText.FromJson(body.Raw(input).Span);
    }

    public static void Delta(IResponseSink sink, int index, DeltaKind kind, JsonText text)
    {
        if (!text.IsEmpty)
        {
            sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = index, Delta = kind, Text = text.Span });
        }
    }

    private static JsonText NameOf(BlockKind kind, JsonBody body, JsonValue block) => kind switch
    {
        BlockKind.Tool => body.TextOf(block, "name"u8),
        BlockKind.ServerTool or BlockKind.ServerToolResult => MessagesServerTools.HubName(body, block),
        _ => default,
    };

    private static BlockKind? KindOf(ReadOnlySpan<byte> type) => type switch
    {
        _ when type.SequenceEqual("text"u8) => BlockKind.Text,
        _ when type.SequenceEqual("thinking"u8) || type.SequenceEqual("redacted_thinking"u8) => BlockKind.Reasoning,
        _ when type.SequenceEqual("tool_use"u8) => BlockKind.Tool,
        _ when type.SequenceEqual("server_tool_use"u8) || type.SequenceEqual("mcp_tool_use"u8) => BlockKind.ServerTool,
        _ when type.EndsWith("_tool_result"u8) => BlockKind.ServerToolResult,
        _ => null,
    };
}
