using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>tools, tool_choice and mcp_servers of a request (platform.claude.com/docs/en/agents-and-tools/tool-use/overview).</summary>
internal sealed class MessagesToolReader(RequestFields fields, ChatRequest request)
{
    public void Read(JsonValue root)
    {
        var index = 0;
        foreach (var tool in fields.Items(root, "tools", ""))
        {
            var path = $"tools[{index++}]";
            if (fields.IsObject(tool, path))
            {
                ReadTool(tool, path);
            }
        }

        index = 0;
        foreach (var server in fields.Items(root, "mcp_servers", ""))
        {
            var path = $"mcp_servers[{index++}]";
            if (fields.IsObject(server, path))
            {
                ReadServer(server, path, root);
            }
        }

        ReadChoice(root);
    }

    private void ReadTool(JsonValue tool, string path)
    {
        var type = fields.Word(tool, "type", path) ?? "custom";
        if (type == "custom")
        {
            request.Tools.Add(new Tool(ToolKind.Function, fields.Present(tool, "name", path))
            {
                Description = fields.Text(tool, "description", path),
                Parameters = fields.Object(tool, "input_schema", path),
                Strict = fields.Flag(tool, "strict", path),
                Cache = fields.Cache(tool, path),
                Raw = fields.Body.Raw(tool),
                Path = path,
            });

            // eager_input_streaming says how the arguments are cut into pieces, not what they are.
            fields.LoseOthers(tool, path, ["type", "name", "description", "input_schema", "strict", "cache_control", "eager_input_streaming"]);
        }
        else if (MessagesClientTools.Read(type, fields.Text(tool, "name", path)) is { } known)
        {
            request.Tools.Add(known with { Cache = fields.Cache(tool, path), Raw = fields.Body.Raw(tool), Path = path });
            fields.LoseOthers(tool, path, ["type", "name", "cache_control"]);
        }
        else if (type != "mcp_toolset")
        {
            request.Tools.Add(new Tool(ToolKind.Server, NameOf(type, tool, path))
            {
                Options = Options(tool, path),
                Cache = fields.Cache(tool, path),
                Raw = fields.Body.Raw(tool),
                Path = path,
            });
        }
    }

    private JsonText NameOf(string type, JsonValue tool, string path) =>
        type.StartsWith("web_search_", StringComparison.Ordinal) ? MessagesServerTools.WebSearch
        : type.StartsWith("web_fetch_", StringComparison.Ordinal) ? MessagesServerTools.WebFetch
        : type.StartsWith("code_execution_", StringComparison.Ordinal) ? MessagesServerTools.CodeExecution
        : fields.Text(tool, "name", path) is { IsEmpty: false } name ? name
        : JsonText.From(type);

    private ServerToolOptions Options(JsonValue tool, string path) => new()
    {
        AllowedDomains = fields.Texts(tool, "allowed_domains", path),
        BlockedDomains = fields.Texts(tool, "blocked_domains", path),
        UserLocation = fields.Object(tool, "user_location", path),
        MaxUses = fields.Integer(tool, "max_uses", path),
    };

    /// <summary>
    /// A server of mcp_servers. Which of its tools may be used stands in its own tool_configuration (mcp-client-2025-04-04) or
    /// in the mcp_toolset of the same name (mcp-client-2025-11-20).
    /// </summary>
    private void ReadServer(JsonValue server, string path, JsonValue root)
    {
        var label = fields.Text(server, "name", path);
        var isConfigured = RequestFields.Has(server, "tool_configuration", out var configuration);
        if (isConfigured && fields.Flag(configuration, "enabled", $"{path}.tool_configuration") == false)
        {
            return; // named, but none of its tools may be used
        }

        var allowed = isConfigured ? fields.Texts(configuration, "allowed_tools", $"{path}.tool_configuration") : EnabledTools(root, label);
        request.Tools.Add(new Tool(ToolKind.Server, MessagesServerTools.Mcp)
        {
            Options = new ServerToolOptions
            {
                ServerLabel = label,
                ServerUrl = fields.Present(server, "url", path),
                Authorization = fields.Text(server, "authorization_token", path),
                AllowedTools = allowed,
            },
            Raw = fields.Body.Raw(server),
            Path = path,
        });
    }

    private List<JsonText> EnabledTools(JsonValue root, JsonText label)
    {
        var enabled = new List<JsonText>();
        foreach (var tool in fields.Items(root, "tools", ""))
        {
            if (!fields.Body.TextOf(tool, "mcp_server_name"u8).Equals(label) || !RequestFields.Has(tool, "configs", out var configs)
                || configs.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (var entry in configs.EnumerateObject())
            {
                if (entry.Value.ValueKind == JsonValueKind.Object && entry.Value.TryGetProperty("enabled"u8, out var isOn) && isOn.ValueKind == JsonValueKind.True)
                {
                    enabled.Add(JsonText.From(entry.Name));
                }
            }
        }

        return enabled;
    }

    private void ReadChoice(JsonValue root)
    {
        if (!RequestFields.Has(root, "tool_choice", out var choice) || !fields.IsObject(choice, "tool_choice"))
        {
            return;
        }

        switch (fields.Present(choice, "type", "tool_choice").Decode())
        {
            case "auto":
                request.ToolChoice = new ToolChoice(ToolChoiceMode.Auto);
                break;
            case "any":
                request.ToolChoice = new ToolChoice(ToolChoiceMode.Required);
                break;
            case "none":
                request.ToolChoice = new ToolChoice(ToolChoiceMode.None);
                break;
            case "tool":
                request.ToolChoice = new ToolChoice(ToolChoiceMode.Named) { Name = fields.Present(choice, "name", "tool_choice") };
                break;
            default:
                fields.Fail("tool_choice.type", "must be auto, any, tool or none");
                break;
        }

        request.ParallelToolCalls = !fields.Flag(choice, "disable_parallel_tool_use", "tool_choice");
    }
}
