using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Output items of tools that the provider ran, as the hub's calls and results: in requests (replayed) and in answers.</summary>
internal static class ResponsesServerItems
{
    public static bool Knows(string type) => type is "web_search_call" or "code_interpreter_call" or "mcp_call";

    /// <summary>xAI tells the steps of its search on X as calls of tools that the caller never named, and runs them itself.</summary>
    public static bool IsOwnStep(JsonValue item) => item.TryGetProperty("call_id"u8, out var id) && id.Raw.StartsWith("\"xs_call_"u8);

    /// <summary>Adds the call and its result to <paramref name="parts"/>.</summary>
    public static void Read(JsonValue item, string type, string path, RequestFields fields, List<Part> parts)
    {
        var raw = fields.Raw(item);
        var name = Read(item, type, raw, out var input, out var outcome);
        var id = fields.Text(item, "id", path);
        parts.Add(new ServerToolPart(id, JsonText.From(name)) { Input = input, Raw = raw, Path = path });
        if (outcome is not null)
        {
            parts.Add(new ServerToolResultPart(id, outcome) { Name = JsonText.From(name), Path = path });
        }
    }

    /// <summary>The hub's name of a known kind of item's tool, its input as an object's escaped text, and what it brought.</summary>
    public static string Read(JsonValue item, string type, RawJson raw, out JsonText input, out ServerToolOutcome? outcome)
    {
        switch (type)
        {
            case "web_search_call":
                return ReadSearch(item, raw, out input, out outcome);
            case "code_interpreter_call":
                input = Pack("code"u8, Text(item, "code"u8));
                outcome = new ServerToolOutcome { Text = Logs(item), Raw = raw };
                return ServerToolNames.CodeExecution;
            default:
                input = Text(item, "arguments"u8);
                outcome = new ServerToolOutcome { Text = Text(item, "output"u8), ErrorCode = Text(item, "error"u8), Raw = raw };
                return ServerToolNames.Mcp;
        }
    }

    /// <summary>What a call of a built-in tool asks for: its action, arguments, operation or input as escaped JSON text.</summary>
    public static JsonText ActionOf(JsonValue item, RequestFields fields)
    {
        foreach (var name in (ReadOnlySpan<string>)["action", "arguments", "operation", "input"])
        {
            if (item.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object or JsonValueKind.String)
            {
                return value.ValueKind == JsonValueKind.String ? fields.TextOf(value) : JsonText.FromUtf8(fields.Raw(value).Span);
            }
        }

        return JsonText.FromUtf8("{}"u8);
    }

    private static string ReadSearch(JsonValue item, RawJson raw, out JsonText input, out ServerToolOutcome? outcome)
    {
        outcome = null;
        if (!RequestFields.Has(item, "action"u8, out var action))
        {
            input = JsonText.FromUtf8("{}"u8);
            return ServerToolNames.WebSearch;
        }

        if (Text(action, "type"u8).Is("open_page"u8))
        {
            input = Pack("url"u8, Text(action, "url"u8));
            return ServerToolNames.WebFetch;
        }

        input = Pack("query"u8, Text(action, "query"u8));
        var hits = new List<SearchHit>();
        if (RequestFields.Has(action, "sources"u8, out var sources) && sources.ValueKind == JsonValueKind.Array)
        {
            foreach (var source in sources.EnumerateArray())
            {
                hits.Add(new SearchHit(Text(source, "url"u8), Text(source, "title"u8)));
            }
        }

        outcome = new ServerToolOutcome { Hits = hits, Raw = raw };
        return ServerToolNames.WebSearch;
    }

    /// <summary>The print-outs among a code interpreter's outputs, joined.</summary>
    private static JsonText Logs(JsonValue item)
    {
        if (!RequestFields.Has(item, "outputs"u8, out var outputs) || outputs.ValueKind != JsonValueKind.Array)
        {
            return default;
        }

        var joined = new ArrayBufferWriter<byte>();
        foreach (var output in outputs.EnumerateArray())
        {
            joined.Write(Text(output, "logs"u8).Span);
        }

        return new JsonText(joined.WrittenMemory);
    }

    /// <summary>{"name": value} as escaped text.</summary>
    private static JsonText Pack(ReadOnlySpan<byte> name, JsonText value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var json = new JsonEmitter(buffer);
        json.StartObject();
        json.Member(name, value);
        json.EndObject();
        return JsonText.FromUtf8(buffer.WrittenSpan);
    }

    private static JsonText Text(JsonValue owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? new JsonText(value.Raw[1..^1].ToArray())
            : default;
}
