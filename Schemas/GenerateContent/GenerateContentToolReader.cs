using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Reads tools and toolConfig (ai.google.dev/api/caching#Tool).</summary>
internal sealed class GenerateContentToolReader(JsonBody body, ChatRequest request)
{
    public GatewayError? ReadTools(JsonValue tools)
    {
        List<JsonValue> list = tools.ValueKind == JsonValueKind.Object ? [tools] : [];
        if (list.Count == 0 && tools.ValueKind != JsonValueKind.Array)
        {
            return GatewayError.Invalid("tools must be an array", "tools");
        }

        foreach (var item in tools.EnumerateArray())
        {
            list.Add(item);
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].ValueKind != JsonValueKind.Object)
            {
                return GatewayError.Invalid($"tools[{i}] must be an object", $"tools[{i}]");
            }

            foreach (var member in list[i].EnumerateObject())
            {
                if (ReadTool(member.Name, member.Value, $"tools[{i}]") is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    public void ReadConfig(JsonValue config)
    {
        new RequestFields(body, request.Losses).LoseOthers(
            config, "toolConfig", ["functionCallingConfig", "function_calling_config", "includeServerSideToolInvocations", "include_server_side_tool_invocations"]);
        if (GenerateContentJson.Member(config, "functionCallingConfig", "function_calling_config") is not { } calling)
        {
            return;
        }

        var names = GenerateContentJson.Member(calling, "allowedFunctionNames", "allowed_function_names") is { } list ? GenerateContentJson.Texts(body, list) : [];
        var mode = GenerateContentJson.Text(body, calling, "mode", "mode").Decode();
        request.ToolChoice = mode.ToUpperInvariant() switch
        {
            "NONE" => new ToolChoice(ToolChoiceMode.None),
            "ANY" when names is [var only] => new ToolChoice(ToolChoiceMode.Named) { Name = only },
            "ANY" => new ToolChoice(ToolChoiceMode.Required) { Allowed = names },
            "AUTO" or "VALIDATED" => new ToolChoice(ToolChoiceMode.Auto) { Allowed = names },
            _ => request.ToolChoice,
        };
    }

    private GatewayError? ReadTool(string kind, JsonValue value, string path)
    {
        switch (kind)
        {
            case "functionDeclarations" or "function_declarations" when value.ValueKind == JsonValueKind.Array:
                var number = 0;
                foreach (var declaration in value.EnumerateArray())
                {
                    if (ReadFunction(declaration, $"{path}.{kind}[{number++}]") is { } error)
                    {
                        return error;
                    }
                }

                return null;
            case "googleSearch" or "google_search" or "googleSearchRetrieval" or "google_search_retrieval":
                AddServer(ServerToolNames.WebSearch, value, $"{path}.{kind}");
                return null;
            case "urlContext" or "url_context":
                AddServer(ServerToolNames.WebFetch, value, $"{path}.{kind}");
                return null;
            case "codeExecution" or "code_execution":
                AddServer(ServerToolNames.CodeExecution, value, $"{path}.{kind}");
                return null;
            default:
                request.Losses.Add($"{path}.{kind}", LossReason.Unknown);
                return null;
        }
    }

    private void AddServer(string name, JsonValue value, string path) =>
        request.Tools.Add(new Tool(ToolKind.Server, JsonText.From(name)) { Raw = body.Raw(value), Path = path });

    private GatewayError? ReadFunction(JsonValue declaration, string path)
    {
        var name = GenerateContentJson.Text(body, declaration, "name", "name");
        if (name.IsEmpty)
        {
            return GatewayError.Invalid($"{path}.name must be a string", $"{path}.name");
        }

        var parameters = GenerateContentJson.Member(declaration, "parametersJsonSchema", "parameters_json_schema") is { } schema
            ? body.Raw(schema)
            : GenerateContentJson.Member(declaration, "parameters", "parameters") is { } own ? GenerateContentJson.Schema(body, own) : default;
        request.Tools.Add(new Tool(ToolKind.Function, name)
        {
            Description = GenerateContentJson.Text(body, declaration, "description", "description"),
            Parameters = parameters,
            Path = path,
        });
        new RequestFields(body, request.Losses).LoseOthers(
            declaration, path, ["name", "description", "parameters", "parametersJsonSchema", "parameters_json_schema"]);
        return null;
    }
}
