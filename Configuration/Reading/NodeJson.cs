using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BifrostLite.Configuration.Reading;

/// <summary>Writes a tree of values as JSON again.</summary>
internal static class NodeJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Node node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            Write(node, json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static string Text(Node node) => Encoding.UTF8.GetString(Write(node));

    private static void Write(Node node, Utf8JsonWriter json)
    {
        switch (node.Kind)
        {
            case NodeKind.Section:
                json.WriteStartObject();
                foreach (var member in node.Members)
                {
                    json.WritePropertyName(member.Name);
                    Write(member.Value, json);
                }

                json.WriteEndObject();
                break;
            case NodeKind.List:
                json.WriteStartArray();
                foreach (var item in node.Items)
                {
                    Write(item, json);
                }

                json.WriteEndArray();
                break;
            case NodeKind.Text:
                json.WriteStringValue(node.Text);
                break;
            case NodeKind.Null:
                json.WriteNullValue();
                break;
            default:
                json.WriteRawValue(node.Text);
                break;
        }
    }
}
