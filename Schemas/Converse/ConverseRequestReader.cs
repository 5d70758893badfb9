using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Reads a Converse request (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, request body). The
/// model and whether to stream stand in the path. What is wrong is an error that names the field.
/// </summary>
internal sealed class ConverseRequestReader(JsonBody body, ChatRequest request)
{
    private readonly ConverseContentReader _content = new(body, request.Losses);

    public static GatewayError? Read(in RequestSource source, out ChatRequest request)
    {
        request = new ChatRequest { Dialect = ConverseDialect.DialectName, Model = source.PathModel, Stream = source.Stream ?? false };
        if (!JsonBody.TryParse(source.Body, out var body, out var why))
        {
            return GatewayError.Invalid($"the request body is {why}");
        }

        using (body)
        {
            return body.Root.ValueKind == JsonValueKind.Object
                ? new ConverseRequestReader(body, request).ReadMembers()
                : GatewayError.Invalid("the request body must be a JSON object");
        }
    }

    private GatewayError? ReadMembers()
    {
        var hasMessages = false;
        foreach (var member in body.Root.EnumerateObject())
        {
            hasMessages |= member.NameEquals("messages"u8);
            if (member.Value.ValueKind != JsonValueKind.Null && ReadMember(member.Name, member.Value) is { } error)
            {
                return error;
            }
        }

        return hasMessages ? null : GatewayError.Invalid("messages is required", "messages");
    }

    private GatewayError? ReadMember(string name, JsonValue value)
    {
        switch (name)
        {
            case "messages":
                return ReadMessages(value);
            case "system":
                return ReadSystem(value);
            case "inferenceConfig":
                return ReadInference(value);
            case "toolConfig":
                return ReadToolConfig(value);
            case "outputConfig":
                ReadOutput(value);
                return null;
            case "additionalModelRequestFields" when value.ValueKind == JsonValueKind.Object:
                ConverseModelFields.Read(body, value, request);
                return null;
            case "serviceTier" when value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type"u8, out var tier):
                request.ServiceTier = body.Text(tier).Decode();
                return null;
            case "requestMetadata":
                request.Metadata = body.Raw(value);
                return null;
            case "modelId" or "model" or "stream" or "fallbacks":
                // The path and the router have these.
                return null;
            default:
                request.Extra.Add(new ExtraMember(name, body.Raw(value)));
                return null;
        }
    }

    private GatewayError? ReadMessages(JsonValue messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            return Wrong("messages", "an array");
        }

        var number = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var path = RequestPaths.Item("messages", number++);
            if (message.ValueKind != JsonValueKind.Object)
            {
                return Wrong(path, "an object");
            }

            var role = message.TryGetProperty("role"u8, out var word) ? body.Text(word) : default;
            if (!role.Is("user"u8) && !role.Is("assistant"u8))
            {
                return Wrong($"{path}.role", "user or assistant");
            }

            if (!message.TryGetProperty("content"u8, out var content) || content.ValueKind != JsonValueKind.Array)
            {
                return Wrong($"{path}.content", "an array");
            }

            var turn = new Turn(role.Is("user"u8) ? Role.User : Role.Assistant);
            request.Turns.Add(turn);
            if (_content.Read(content, RequestPaths.Member(path, "content"), turn.Parts) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private GatewayError? ReadSystem(JsonValue system) =>
        system.ValueKind == JsonValueKind.Array ? _content.Read(system, "system", request.System) : Wrong("system", "an array");

    private GatewayError? ReadInference(JsonValue config)
    {
        if (config.ValueKind != JsonValueKind.Object)
        {
            return Wrong("inferenceConfig", "an object");
        }

        foreach (var member in config.EnumerateObject())
        {
            var value = member.Value;
            var isNumber = value.ValueKind == JsonValueKind.Number;
            switch (member.Name)
            {
                case var _ when value.ValueKind == JsonValueKind.Null:
                    break; // AWS reads null as left out
                case "maxTokens" when isNumber && value.TryGetInt64(out var tokens) && tokens > 0:
                    request.Sampling = request.Sampling with { MaxTokens = tokens };
                    break;
                case "maxTokens":
                    return Wrong("inferenceConfig.maxTokens", "a positive integer");
                case "temperature" when isNumber && double.IsFinite(value.GetDouble()):
                    request.Sampling = request.Sampling with { Temperature = value.GetDouble() };
                    break;
                case "temperature":
                    return Wrong("inferenceConfig.temperature", "a number");
                case "topP" when isNumber && double.IsFinite(value.GetDouble()):
                    request.Sampling = request.Sampling with { TopP = value.GetDouble() };
                    break;
                case "topP":
                    return Wrong("inferenceConfig.topP", "a number");
                case "stopSequences" when value.ValueKind == JsonValueKind.Array:
                    request.Sampling = request.Sampling with { Stop = Texts(value) };
                    break;
                case "stopSequences":
                    return Wrong("inferenceConfig.stopSequences", "an array of strings");
                default:
                    request.Extra.Add(new ExtraMember($"inferenceConfig.{member.Name}", body.Raw(value)));
                    break;
            }
        }

        return null;
    }

    private GatewayError? ReadToolConfig(JsonValue config)
    {
        if (config.ValueKind != JsonValueKind.Object)
        {
            return Wrong("toolConfig", "an object");
        }

        if (RequestFields.Has(config, "tools"u8, out var tools))
        {
            if (tools.ValueKind != JsonValueKind.Array)
            {
                return Wrong("toolConfig.tools", "an array");
            }

            var number = 0;
            foreach (var tool in tools.EnumerateArray())
            {
                if (ReadTool(tool, $"toolConfig.tools[{number++}]") is { } error)
                {
                    return error;
                }
            }
        }

        return RequestFields.Has(config, "toolChoice"u8, out var choice) ? ReadToolChoice(choice) : null;
    }

    private GatewayError? ReadTool(JsonValue tool, string path)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            return Wrong(path, "an object");
        }

        if (RequestFields.Has(tool, "toolSpec"u8, out var spec))
        {
            var name = Text(spec, "name"u8);
            if (name.IsEmpty)
            {
                return Wrong($"{path}.toolSpec.name", "a string");
            }

            new RequestFields(body, request.Losses).LoseOthers(spec, $"{path}.toolSpec", ["name", "description", "inputSchema", "strict"]);

            request.Tools.Add(new Tool(ToolKind.Function, name)
            {
                Description = Text(spec, "description"u8),
                Parameters = Member(spec, "inputSchema"u8) is { } schema && Member(schema, "json"u8) is { } json ? body.Raw(json) : default,
                Strict = Member(spec, "strict"u8) is { ValueKind: JsonValueKind.True or JsonValueKind.False } strict ? strict.GetBoolean() : null,
                Path = path,
            });
        }
        else if (RequestFields.Has(tool, "systemTool"u8, out var system))
        {
            var name = new JsonText(ConverseServerTools.HubName(Text(system, "name"u8).Span).ToArray());
            request.Tools.Add(new Tool(ToolKind.Server, name) { Raw = body.Raw(tool), Path = path });
        }
        else if (RequestFields.Has(tool, "cachePoint"u8, out var point) && request.Tools.Count > 0)
        {
            request.Tools[^1] = request.Tools[^1] with { Cache = _content.CachePoint(point) };
        }
        else
        {
            request.Losses.Add(path, LossReason.Unknown);
        }

        return null;
    }

    private GatewayError? ReadToolChoice(JsonValue choice)
    {
        if (Member(choice, "tool"u8) is { } named)
        {
            request.ToolChoice = new ToolChoice(ToolChoiceMode.Named) { Name = Text(named, "name"u8) };
        }
        else if (Member(choice, "any"u8) is not null)
        {
            request.ToolChoice = new ToolChoice(ToolChoiceMode.Required);
        }
        else if (Member(choice, "auto"u8) is not null)
        {
            request.ToolChoice = new ToolChoice(ToolChoiceMode.Auto);
        }
        else
        {
            return Wrong("toolConfig.toolChoice", "an object with auto, any or tool");
        }

        return null;
    }

    /// <summary>outputConfig.textFormat: {"type":"json_schema","structure":{"jsonSchema":{"schema","name","description"}}}; the schema is JSON in a string.</summary>
    private void ReadOutput(JsonValue config)
    {
        if (Member(config, "textFormat"u8) is not { } format || Member(format, "structure"u8) is not { } structure
            || Member(structure, "jsonSchema"u8) is not { } schema || Text(schema, "schema"u8) is not { IsEmpty: false } text)
        {
            request.Extra.Add(new ExtraMember("outputConfig", body.Raw(config)));
            return;
        }

        request.Format = new ResponseFormat(FormatKind.JsonSchema)
        {
            Schema = CallArguments.AsObject(text, "outputConfig", request.Losses),
            Name = Text(schema, "name"u8),
            Description = Text(schema, "description"u8),
        };
    }

    private static GatewayError Wrong(string path, string what) => GatewayError.Invalid($"{path} must be {what}", path);

    private JsonText Text(JsonValue element, ReadOnlySpan<byte> name) => Member(element, name) is { } value ? body.Text(value) : default;

    private static JsonValue? Member(JsonValue element, ReadOnlySpan<byte> name) =>
        RequestFields.Has(element, name, out var value) ? value : null;

    private List<JsonText> Texts(JsonValue array)
    {
        var texts = new List<JsonText>(array.GetArrayLength());
        foreach (var element in array.EnumerateArray())
        {
            texts.Add(body.Text(element));
        }

        return texts;
    }
}
