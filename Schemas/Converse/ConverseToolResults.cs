using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>Content of tool results as text (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultContentBlock.html).</summary>
internal static class ConverseToolResults
{
    /// <summary>Every text and JSON value of a content array in a frame, joined behind what is there.</summary>
    public static void PlainText(ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        if (JsonBody.TryParse(raw.ToArray(), out var body, out _))
        {
            using (body)
            {
                PlainText(body, body.Root, output);
            }
        }
    }

    public static JsonText PlainText(JsonBody body, JsonValue content)
    {
        var text = new ArrayBufferWriter<byte>();
        PlainText(body, content, text);
        return new JsonText(text.WrittenMemory);
    }

    private static void PlainText(JsonBody body, JsonValue content, IBufferWriter<byte> output)
    {
        if (content.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var item in content.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (var member in item.EnumerateObject())
            {
                if (member.NameEquals("text"u8))
                {
                    output.Write(body.Text(member.Value).Span);
                }
                else if (member.NameEquals("json"u8))
                {
                    JsonQuote.Write(body.Raw(member.Value).Span, output);
                }
            }
        }
    }
}
