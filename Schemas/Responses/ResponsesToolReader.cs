using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>The tools and tool_choice of a Responses request. Tools of a kind unknown here are the provider's own.</summary>
internal sealed class ResponsesToolReader(RequestFields fields, ResponsesReadRules rules, ChatRequest request)
{
    public void Read(JsonValue tools, string path)
    {
        if (tools.ValueKind != JsonValueKind.Array)
        {
            fields.Fail(path, "must be an array");
            return;
        }

        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            ReadTool(tool, RequestPaths.Item(path, index++), default, default);
        }
    }

    public void ReadChoice(JsonValue root)
    {
        if (!RequestFields.Has(root, "tool_choice"u8, out var choice))
        {
            return;
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            request.ToolChoice = Mode(choice.GetString()!, "tool_choice");
            return;
        }

        var type = fields.Required(choice, "type", "tool_choice");
        if (type.IsEmpty)
        {
            return;
        }

        request.ToolChoice = type.Decode() switch
        {
            "function" or "custom" => new ToolChoice(ToolChoiceMode.Named) { Name = NameIn(choice) },
            "tool" when rules.HasFlag(ResponsesReadRules.UntypedTools) => new ToolChoice(ToolChoiceMode.Named) { Name = NameIn(choice) },
            "allowed_tools" => Allowed(choice),
            "none" or "auto" or "any" or "required" => Mode(type.Decode(), "tool_choice.type"),
            var hosted => new ToolChoice(ToolChoiceMode.Named) { Name = ServerName(hosted) },
        };
    }

    /// <summary>Hybrid clients choose a tool as chat completions or Messages do, as they declare them.</summary>
    private JsonText NameIn(JsonValue choice)
    {
        var isNested = rules.HasFlag(ResponsesReadRules.UntypedTools) && RequestFields.Has(choice, "function"u8, out _);
        return fields.Required(isNested ? choice.GetProperty("function"u8) : choice, "name", "tool_choice");
    }

    private ToolChoice? Mode(string word, string path)
    {
        switch (word)
        {
            case "none":
                return new ToolChoice(ToolChoiceMode.None);
            case "auto":
                return new ToolChoice(ToolChoiceMode.Auto);
            case "required" or "any":
                return new ToolChoice(ToolChoiceMode.Required);
            default:
                fields.Fail(path, "must be none, auto, required or an object");
                return null;
        }
    }

    private ToolChoice Allowed(JsonValue choice)
    {
        var names = new List<JsonText>();
        if (RequestFields.Has(choice, "tools"u8, out var tools) && tools.ValueKind == JsonValueKind.Array)
        {
            foreach (var tool in tools.EnumerateArray())
            {
                var name = fields.Text(tool, "name", "tool_choice.tools");
                names.Add(name.IsEmpty ? ServerName(fields.Text(tool, "type", "tool_choice.tools").Decode()) : name);
            }
        }

        var isRequired = fields.Word(choice, "mode", "tool_choice") == "required";
        return new ToolChoice(isRequired ? ToolChoiceMode.Required : ToolChoiceMode.Auto) { Allowed = names };
    }

    private void ReadTool(JsonValue tool, string path, JsonText space, JsonText spaceDescription)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            fields.Fail(path, "must be an object");
            return;
        }

        var type = fields.Text(tool, "type", path);
        if (type.IsEmpty)
        {
            if (!rules.HasFlag(ResponsesReadRules.UntypedTools))
            {
                fields.Fail($"{path}.type", "is required");
                return;
            }

            AddCallable(tool, ToolKind.Function, path, space, spaceDescription);
            return;
        }

        switch (type.Decode())
        {
            case "function":
                AddCallable(tool, ToolKind.Function, path, space, spaceDescription);
                break;
            case "custom":
                AddCallable(tool, ToolKind.Custom, path, space, spaceDescription);
                break;
            case "namespace":
                ReadNamespace(tool, path);
                break;
            case var kind:
                request.Tools.Add(ReadServerTool(tool, kind, path));
                break;
        }
    }

    private Tool ReadServerTool(JsonValue tool, string kind, string path) => new(ToolKind.Server, ServerName(kind))
    {
        Description = fields.Text(tool, "description", path),
        Parameters = fields.RawMember(tool, "parameters"u8),
        Options = Options(tool, path),
        Cache = fields.Cache(tool, path),
        Raw = fields.Raw(tool),
        Path = path,
    };

    /// <summary>Settings of web search and MCP tools that other APIs know as well.</summary>
    private ServerToolOptions Options(JsonValue tool, string path)
    {
        RequestFields.Has(tool, "filters"u8, out var filters);
        var isNested = RequestFields.Has(tool, "allowed_tools"u8, out var allowed) && allowed.ValueKind == JsonValueKind.Object;
        return new ServerToolOptions
        {
            AllowedDomains = Texts(filters, "allowed_domains"u8),
            BlockedDomains = Texts(filters, "blocked_domains"u8),
            UserLocation = fields.RawMember(tool, "user_location"u8),
            ContextSize = fields.Text(tool, "search_context_size", path),
            ServerLabel = fields.Text(tool, "server_label", path),
            ServerUrl = fields.Text(tool, "server_url", path),
            Authorization = fields.Text(tool, "authorization", path),
            AllowedTools = isNested ? Texts(allowed, "tool_names"u8) : Texts(tool, "allowed_tools"u8),
        };
    }

    private List<JsonText> Texts(JsonValue owner, ReadOnlySpan<byte> name)
    {
        var texts = new List<JsonText>();
        if (RequestFields.Has(owner, name, out var given) && given.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in given.EnumerateArray())
            {
                texts.Add(fields.TextOf(one));
            }
        }

        return texts;
    }

    /// <summary>A named group of tools; a call names the group beside the tool.</summary>
    private void ReadNamespace(JsonValue group, string path)
    {
        var name = fields.Required(group, "name", path);
        var description = fields.Text(group, "description", path);
        if (!RequestFields.Has(group, "tools"u8, out var tools) || tools.ValueKind != JsonValueKind.Array)
        {
            fields.Fail($"{path}.tools", "must be an array");
            return;
        }

        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            ReadTool(tool, $"{path}.tools[{index++}]", name, description);
        }
    }

    private void AddCallable(JsonValue given, ToolKind kind, string path, JsonText space, JsonText spaceDescription)
    {
        // Hybrid clients nest the function as chat completions do.
        var isNested = rules.HasFlag(ResponsesReadRules.UntypedTools) && RequestFields.Has(given, "function"u8, out _);
        var tool = isNested ? given.GetProperty("function"u8) : given;
        var parameters = RequestFields.Has(tool, "parameters"u8, out _) ? "parameters" : "input_schema";
        request.Tools.Add(new Tool(kind, fields.Required(tool, "name", path))
        {
            Description = fields.Text(tool, "description", path),
            Parameters = kind == ToolKind.Function ? fields.Object(tool, parameters, path) : default,
            Strict = fields.Flag(tool, "strict", path),
            Format = fields.RawMember(tool, "format"u8),
            Namespace = space,
            NamespaceDescription = spaceDescription,
            Cache = fields.Cache(tool, path),
            Raw = fields.Raw(tool),
            Path = path,
        });
        fields.LoseOthers(
            tool, path, ["type", "name", "description", "parameters", "input_schema", "strict", "format", "cache_control", "prompt_cache_breakpoint"]);
    }

    private static JsonText ServerName(string type) => JsonText.From(
        type.StartsWith("web_search", StringComparison.Ordinal) ? ServerToolNames.WebSearch
        : type == "code_interpreter" ? ServerToolNames.CodeExecution
        : type);
}
