using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Reads a generateContent request (ai.google.dev/api/generate-content). Members come in camelCase or snake_case, as
/// protobuf's JSON allows. The model and whether to stream stand in the path.
/// </summary>
internal sealed class GenerateContentRequestReader(JsonBody body, ChatRequest request)
{
    private readonly GenerateContentContentReader _content = new(body, request);

    public static GatewayError? Read(in RequestSource source, out ChatRequest request)
    {
        request = new ChatRequest { Dialect = GenerateContentDialect.DialectName, Model = source.PathModel, Stream = source.Stream ?? false };
        if (!JsonBody.TryParse(source.Body, out var body, out var why))
        {
            return GatewayError.Invalid($"the request body is {why}");
        }

        using (body)
        {
            return body.Root.ValueKind == JsonValueKind.Object
                ? new GenerateContentRequestReader(body, request).ReadMembers()
                : GatewayError.Invalid("the request body must be a JSON object");
        }
    }

    private GatewayError? ReadMembers()
    {
        var hasContents = false;
        foreach (var member in body.Root.EnumerateObject())
        {
            hasContents |= member.NameEquals("contents"u8);
            if (member.Value.ValueKind != JsonValueKind.Null && ReadMember(member.Name, member.Value) is { } error)
            {
                return error;
            }
        }

        return hasContents ? null : GatewayError.Invalid("contents is required", "contents");
    }

    private GatewayError? ReadMember(string name, JsonValue value)
    {
        switch (name)
        {
            case "contents":
                return _content.ReadContents(value);
            case "systemInstruction" or "system_instruction":
                return _content.ReadSystem(value, name);
            case "tools":
                return new GenerateContentToolReader(body, request).ReadTools(value);
            case "toolConfig" or "tool_config":
                new GenerateContentToolReader(body, request).ReadConfig(value);
                return null;
            case "generationConfig" or "generation_config":
                return new GenerateContentConfigReader(body, request).Read(value, name);
            case "labels":
                request.Metadata = body.Raw(value);
                return null;
            case "model" or "fallbacks":
                return null;
            default:
                request.Extra.Add(new ExtraMember(name, body.Raw(value)));
                return null;
        }
    }
}
