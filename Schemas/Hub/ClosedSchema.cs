using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// A JSON Schema within what structured output of Messages and Converse takes (platform.claude.com/docs/en/build-with-claude/structured-outputs,
/// "JSON Schema limitations"; docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html: whatever else is 400 at once): no bounds of
/// numbers, lengths or arrays, and every object closed. Key order is kept.
/// </summary>
internal sealed class ClosedSchema(JsonBody body, IBufferWriter<byte> output, Losses losses)
{
    private bool _isChanged;

    public static void Write(RawJson schema, string path, IBufferWriter<byte> output, Losses losses)
    {
        if (!JsonBody.TryParse(schema.Utf8, out var body, out _))
        {
            output.Write(schema.Span);
            return;
        }

        using (body)
        {
            new ClosedSchema(body, output, losses).Schema(body.Root, path);
        }
    }

    /// <summary>Whether a schema may be enforced as it stands, as strict tools demand.</summary>
    public static bool IsTaken(RawJson schema)
    {
        if (!JsonBody.TryParse(schema.Utf8, out var body, out _))
        {
            return false;
        }

        using (body)
        {
            var written = new ClosedSchema(body, new ArrayBufferWriter<byte>(schema.Span.Length), new Losses());
            written.Schema(body.Root, "");
            return !written._isChanged;
        }
    }

    private static bool IsRefused(JsonMember keyword) => keyword.Name switch
    {
        "$schema" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" => true,
        "minLength" or "maxLength" or "maxItems" or "uniqueItems" or "minProperties" or "maxProperties" => true,
        "minItems" => !(keyword.Value.ValueKind == JsonValueKind.Number && keyword.Value.TryGetInt32(out var least) && least is 0 or 1),
        _ => false,
    };

    private void Schema(JsonValue schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            output.Write(body.Raw(schema).Span);
            return;
        }

        output.Write("{"u8);
        var isFirst = true;
        foreach (var keyword in schema.EnumerateObject())
        {
            if (IsRefused(keyword))
            {
                // Naming the draft says nothing about the answer.
                if (keyword.Name != "$schema")
                {
                    _isChanged = true;
                    losses.Add($"{path}.{keyword.Name}", LossReason.Unsupported);
                }
            }
            else if (keyword.Name != "additionalProperties")
            {
                Name(keyword, ref isFirst);
                Value(keyword, $"{path}.{keyword.Name}");
            }
        }

        Close(schema, path, ref isFirst);
        output.Write("}"u8);
    }

    /// <summary>"For 'object' type, 'additionalProperties' must be explicitly set to false."</summary>
    private void Close(JsonValue schema, string path, ref bool isFirst)
    {
        var isSaid = schema.TryGetProperty("additionalProperties"u8, out var additional);
        var isObject = schema.TryGetProperty("properties"u8, out _)
            || (schema.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object"u8));
        if (!isSaid && !isObject)
        {
            return;
        }

        _isChanged |= additional.ValueKind != JsonValueKind.False;
        losses.AddIf(isSaid && additional.ValueKind != JsonValueKind.False, path, "additionalProperties", LossReason.Unsupported);
        output.Write(isFirst ? "\"additionalProperties\":false"u8 : ",\"additionalProperties\":false"u8);
        isFirst = false;
    }

    private void Value(JsonMember keyword, string path)
    {
        switch (keyword.Name)
        {
            case "properties" or "$defs" or "definitions" or "patternProperties" when keyword.Value.ValueKind == JsonValueKind.Object:
                Named(keyword.Value, path);
                break;
            case "anyOf" or "allOf" or "oneOf" or "prefixItems" when keyword.Value.ValueKind == JsonValueKind.Array:
                Listed(keyword.Value, path);
                break;
            case "items" or "not" or "if" or "then" or "else" or "contains":
                Schema(keyword.Value, path);
                break;
            default:
                output.Write(body.Raw(keyword.Value).Span);
                break;
        }
    }

    private void Named(JsonValue schemas, string path)
    {
        output.Write("{"u8);
        var isFirst = true;
        foreach (var entry in schemas.EnumerateObject())
        {
            Name(entry, ref isFirst);
            Schema(entry.Value, $"{path}.{entry.Name}");
        }

        output.Write("}"u8);
    }

    private void Listed(JsonValue schemas, string path)
    {
        output.Write("["u8);
        var index = 0;
        foreach (var schema in schemas.EnumerateArray())
        {
            output.Write(index > 0 ? ","u8 : default);
            Schema(schema, $"{path}[{index++}]");
        }

        output.Write("]"u8);
    }

    private void Name(JsonMember member, ref bool isFirst)
    {
        output.Write(isFirst ? "\""u8 : ",\""u8);
        output.Write(JsonText.From(member.Name).Span);
        output.Write("\":"u8);
        isFirst = false;
    }
}
