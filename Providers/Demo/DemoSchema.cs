using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Demo;

/// <summary>Makes the smallest value that fits a JSON Schema, as far as such a value is plain from it.</summary>
internal static class DemoSchema
{
    // Schemas may refer to themselves.
    private const int MostDepth = 16;

    /// <summary>A JSON object for the schema of an object; {} where there is none that can be read.</summary>
    public static string Least(RawJson schema)
    {
        if (!schema.IsObject)
        {
            return "{}";
        }

        try
        {
            using var document = JsonDocument.Parse(schema.Utf8);
            using var output = new MemoryStream();
            using (var json = new Utf8JsonWriter(output))
            {
                Write(json, document.RootElement, document.RootElement, 0);
            }

            return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
        }
        catch (JsonException)
        {
            return "{}";
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement schema, JsonElement root, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MostDepth)
        {
            json.WriteStringValue("demo");
            return;
        }

        if (Fixed(schema) is { } value)
        {
            value.WriteTo(json);
            return;
        }

        if (Elsewhere(schema, root) is { } other)
        {
            Write(json, other, root, depth + 1);
            return;
        }

        switch (TypeOf(schema))
        {
            case "object":
                WriteObject(json, schema, root, depth);
                break;
            case "array":
                WriteArray(json, schema, root, depth);
                break;
            case "integer" or "number":
                json.WriteNumberValue(schema.TryGetProperty("minimum", out var minimum) && minimum.TryGetInt64(out var least) ? least : 1);
                break;
            case "boolean":
                json.WriteBooleanValue(true);
                break;
            case "null":
                json.WriteNullValue();
                break;
            default:
                json.WriteStringValue("demo");
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement schema, JsonElement root, int depth)
    {
        json.WriteStartObject();
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array
            && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in required.EnumerateArray())
            {
                if (name.ValueKind == JsonValueKind.String && properties.TryGetProperty(name.GetString()!, out var property))
                {
                    json.WritePropertyName(name.GetString()!);
                    Write(json, property, root, depth + 1);
                }
            }
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, JsonElement schema, JsonElement root, int depth)
    {
        json.WriteStartArray();
        var least = schema.TryGetProperty("minItems", out var minimum) && minimum.TryGetInt32(out var count) ? Math.Min(count, MostDepth) : 0;
        for (var i = 0; i < least; i++)
        {
            Write(json, schema.TryGetProperty("items", out var items) ? items : default, root, depth + 1);
        }

        json.WriteEndArray();
    }

    /// <summary>A value the schema itself gives.</summary>
    private static JsonElement? Fixed(JsonElement schema)
    {
        foreach (var name in (ReadOnlySpan<string>)["const", "default"])
        {
            if (schema.TryGetProperty(name, out var value))
            {
                return value;
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["enum", "examples"])
        {
            if (schema.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
            {
                return values[0];
            }
        }

        return null;
    }

    private static JsonElement? Elsewhere(JsonElement schema, JsonElement root)
    {
        if (schema.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String)
        {
            var target = root;
            foreach (var step in reference.GetString()!.TrimStart('#', '/').Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(step, out target))
                {
                    return null;
                }
            }

            return target;
        }

        foreach (var name in (ReadOnlySpan<string>)["anyOf", "oneOf", "allOf"])
        {
            if (schema.TryGetProperty(name, out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0)
            {
                return choices[0];
            }
        }

        return null;
    }

    private static string TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? "object" : "string";
        }

        return type.ValueKind switch
        {
            JsonValueKind.String => type.GetString()!,
            JsonValueKind.Array when type.GetArrayLength() > 0 && type[0].ValueKind == JsonValueKind.String => type[0].GetString()!,
            _ => "string",
        };
    }
}
