using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// tools, tool_choice and their forerunners functions and function_call of a chat request. The flat shape
/// {name, description, input_schema | parameters} that Cursor sends is taken too.
/// </summary>
internal sealed class ChatCompletionsToolReader(RequestFields fields, ChatRequest request)
{
    public void Read(JsonValue root)
    {
        if (fields.Has(root, "tools", "", JsonValueKind.Array, out var tools))
        {
            ReadList(tools, "tools", isLegacy: false);
        }

        if (fields.Has(root, "functions", "", JsonValueKind.Array, out var functions))
        {
            ReadList(functions, "functions", isLegacy: true);
        }

        if (RequestFields.Has(root, "web_search_options", out var search))
        {
            request.Tools.Add(new Tool(ToolKind.Server, JsonText.From(ServerToolNames.WebSearch))
            {
                Options = new ServerToolOptions { UserLocation = Location(search), ContextSize = fields.Text(search, "search_context_size", "web_search_options") },
                Raw = fields.Raw(search),
                Path = "web_search_options",
            });
        }

        request.ParallelToolCalls = fields.Flag(root, "parallel_tool_calls", "");
        ReadChoice(root, "tool_choice");
        if (request.ToolChoice is null)
        {
            ReadChoice(root, "function_call");
        }
    }

    /// <summary>Chat nests what other APIs write flat: {"type":"approximate","approximate":{"city",...}}.</summary>
    private RawJson Location(JsonValue search)
    {
        if (!RequestFields.Has(search, "user_location", out var location) || !RequestFields.Has(location, "approximate", out var place)
            || place.ValueKind != JsonValueKind.Object)
        {
            return fields.RawMember(search, "user_location"u8);
        }

        var inner = fields.Raw(place).Span[1..];
        var comma = place.EnumerateObject().MoveNext() ? ","u8 : default;
        return new RawJson((byte[])[.. "{\"type\":\"approximate\""u8, .. comma, .. inner]);
    }

    private void ReadList(JsonValue list, string name, bool isLegacy)
    {
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            var path = RequestPaths.Item(name, i++);
            if (item.ValueKind != JsonValueKind.Object)
            {
                fields.Fail(path, "must be an object");
                continue;
            }

            var type = isLegacy ? default : fields.Text(item, "type", path);
            if (type.Is("custom"u8))
            {
                request.Tools.Add(ReadCustom(item, path));
            }
            else if (type.IsEmpty || type.Is("function"u8))
            {
                request.Tools.Add(ReadFunction(item, path));
            }
            else
            {
                request.Tools.Add(new Tool(ToolKind.Server, type) { Raw = fields.Raw(item), Path = path });
            }
        }
    }

    private Tool ReadFunction(JsonValue item, string path)
    {
        var isNested = fields.Has(item, "function", path, JsonValueKind.Object, out var body);
        body = isNested ? body : item;
        var at = isNested ? RequestPaths.Member(path, "function") : path;
        var schema = RequestFields.Has(body, "parameters", out _) ? "parameters" : "input_schema";
        fields.LoseOthers(body, at, ["type", "name", "description", "parameters", "input_schema", "strict", "cache_control", "prompt_cache_breakpoint"]);
        return new Tool(ToolKind.Function, fields.Required(body, "name", at))
        {
            Description = fields.Text(body, "description", at),
            Parameters = fields.Has(body, schema, at, JsonValueKind.Object, out var parameters) ? fields.Raw(parameters) : default,
            Strict = fields.Flag(body, "strict", at),
            Cache = fields.Cache(item, path) ?? fields.Cache(body, at),
            Raw = fields.Raw(item),
            Path = path,
        };
    }

    private Tool ReadCustom(JsonValue item, string path)
    {
        var isNested = fields.Has(item, "custom", path, JsonValueKind.Object, out var body);
        body = isNested ? body : item;
        var at = isNested ? $"{path}.custom" : path;
        return new Tool(ToolKind.Custom, fields.Required(body, "name", at))
        {
            Description = fields.Text(body, "description", at),
            Format = RequestFields.Has(body, "format", out var format) ? fields.Raw(format) : default,
            Cache = fields.Cache(item, path),
            Raw = fields.Raw(item),
            Path = path,
        };
    }

    private void ReadChoice(JsonValue root, string name)
    {
        if (!RequestFields.Has(root, name, out var choice))
        {
            return;
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            request.ToolChoice = Mode(fields.TextOf(choice), name);
        }
        else if (fields.Has(root, name, "", JsonValueKind.Object, out _))
        {
            request.ToolChoice = ReadObject(choice, name);
        }
    }

    private ToolChoice? ReadObject(JsonValue choice, string path)
    {
        var type = fields.Text(choice, "type", path);
        if (type.Is("allowed_tools"u8))
        {
            return ReadAllowed(choice, path);
        }

        foreach (var holder in (string[])["function", "custom"])
        {
            if (fields.Has(choice, holder, path, JsonValueKind.Object, out var body))
            {
                return new ToolChoice(ToolChoiceMode.Named) { Name = fields.Required(body, "name", $"{path}.{holder}") };
            }
        }

        var name = fields.Text(choice, "name", path);
        return name.IsEmpty ? Mode(type, $"{path}.type") : new ToolChoice(ToolChoiceMode.Named) { Name = name };
    }

    private ToolChoice? ReadAllowed(JsonValue choice, string path)
    {
        var isNested = fields.Has(choice, "allowed_tools", path, JsonValueKind.Object, out var body);
        body = isNested ? body : choice;
        var at = isNested ? $"{path}.allowed_tools" : path;
        var allowed = new List<JsonText>();
        if (fields.Has(body, "tools", at, JsonValueKind.Array, out var tools))
        {
            foreach (var tool in tools.EnumerateArray())
            {
                var holder = RequestFields.Has(tool, "function", out var f) || RequestFields.Has(tool, "custom", out f) ? f : tool;
                var name = fields.Text(holder, "name", $"{at}.tools[{allowed.Count}]");
                allowed.Add(name);
            }
        }

        var mode = fields.Text(body, "mode", at);
        return Mode(mode.IsEmpty ? JsonText.From("auto") : mode, $"{at}.mode") is { } known ? known with { Allowed = allowed } : null;
    }

    private ToolChoice? Mode(JsonText word, string path)
    {
        switch (word.ToString())
        {
            case "auto":
                return new ToolChoice(ToolChoiceMode.Auto);
            case "none":
                return new ToolChoice(ToolChoiceMode.None);
            case "required" or "any":
                return new ToolChoice(ToolChoiceMode.Required);
            default:
                fields.Fail(path, "must be auto, none, required or name a tool");
                return null;
        }
    }
}
