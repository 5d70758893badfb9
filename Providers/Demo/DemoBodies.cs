using System.Buffers;
using System.Text.Json;

namespace BifrostLite.Providers.Demo;

/// <summary>The body that is no answer of a model: the list of models.</summary>
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
}
