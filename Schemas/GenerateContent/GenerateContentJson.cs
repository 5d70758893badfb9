using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Members under either of their two names, and Google's schemas as JSON Schema.</summary>
internal static class GenerateContentJson
{
    public static JsonValue? Member(JsonValue element, string camel, string snake) =>
        element.ValueKind == JsonValueKind.Object && (element.TryGetProperty(camel, out var value) || element.TryGetProperty(snake, out value))
            && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static JsonText Text(JsonBody body, JsonValue element, string camel, string snake) =>
        Member(element, camel, snake) is { } value ? body.Text(value) : default;

    /// <summary>The strings of a list; none of anything else.</summary>
    public static JsonText[] Texts(JsonBody body, JsonValue value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var texts = new JsonText[value.GetArrayLength()];
        var count = 0;
        foreach (var one in value.EnumerateArray())
        {
            texts[count++] = body.Text(one);
        }

        return texts;
    }

    public static long? Integer(JsonValue value) => Number(value) is { } number ? (long)number : null;

    public static double? Number(JsonValue value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>
    /// Google's Schema (ai.google.dev/api/caching#Schema) writes types in capitals and says of a value that may be null that it is nullable; JSON
    /// Schema has it among the types.
    /// </summary>
    public static RawJson Schema(JsonBody body, JsonValue schema)
    {
        var output = new ArrayBufferWriter<byte>();
        var json = new JsonEmitter(output);
        Copy(body, schema, ref json);
        return new RawJson(output.WrittenMemory);
    }

    private static void Copy(JsonBody body, JsonValue element, ref JsonEmitter json)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                CopyObject(body, element, ref json);
                break;
            case JsonValueKind.Array:
                json.StartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Copy(body, item, ref json);
                }

                json.EndArray();
                break;
            default:
                json.Raw(body.Raw(element));
                break;
        }
    }

    private static void CopyObject(JsonBody body, JsonValue element, ref JsonEmitter json)
    {
        var isNullable = element.TryGetProperty("nullable"u8, out var nullable) && nullable.ValueKind == JsonValueKind.True
            && element.TryGetProperty("type"u8, out var only) && only.ValueKind == JsonValueKind.String;
        json.StartObject();
        foreach (var member in element.EnumerateObject())
        {
            if (isNullable && member.NameEquals("nullable"u8))
            {
                continue;
            }

            json.Name(JsonText.From(member.Name).Span);
            if (!member.NameEquals("type"u8) || member.Value.ValueKind != JsonValueKind.String)
            {
                Copy(body, member.Value, ref json);
                continue;
            }

            var type = body.Text(member.Value).Decode().ToLowerInvariant();
            if (isNullable)
            {
                json.StartArray();
                json.String(type);
                json.String("null");
                json.EndArray();
            }
            else
            {
                json.String(type);
            }
        }

        json.EndObject();
    }
}
