using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas;

namespace BifrostLite.Providers.Demo;

/// <summary>The small bodies that are no answers of a model: the list of models, token counts.</summary>
internal static class DemoBodies
{
    /// <summary>https://platform.openai.com/docs/api-reference/models/list</summary>
    public static void Models(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var name in DemoModel.Names)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, name);
            json.WriteString("object"u8, "model"u8);
            json.WriteNumber("created"u8, 0);
            json.WriteString("owned_by"u8, DemoProvider.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The count as each API's own counting operation gives it.</summary>
    public static void Count(string dialect, int tokens, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        switch (dialect)
        {
            case DialectNames.GenerateContent:
                json.WriteNumber("totalTokens"u8, tokens);
                break;
            case DialectNames.Converse:
                json.WriteNumber("inputTokens"u8, tokens);
                break;
            case DialectNames.Responses:
                json.WriteString("object"u8, "response.input_tokens"u8);
                json.WriteNumber("input_tokens"u8, tokens);
                break;
            default:
                json.WriteNumber("input_tokens"u8, tokens);
                break;
        }

        json.WriteEndObject();
    }
}
