using System.Buffers;
using System.Text;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// A JSON value as the escaped body of a JSON string: argument objects of the wire (Messages, Converse, GenerateContent) as
/// the hub's argument text. Key order, number spelling and white space survive; nothing else is escaped than must be.
/// </summary>
internal static class JsonQuote
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        "\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"u8);

    /// <summary>Writes a JSON value as the escaped body of a JSON string.</summary>
    public static void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        while (true)
        {
            var at = json.IndexOfAny(Special);
            if (at < 0)
            {
                output.Write(json);
                return;
            }

            output.Write(json[..at]);
            WriteEscape(json[at], output);
            json = json[(at + 1)..];
        }
    }

    public static JsonText Of(RawJson json)
    {
        if (json.Span.IndexOfAny(Special) < 0)
        {
            return new JsonText(json.Utf8);
        }

        var quoted = new ArrayBufferWriter<byte>(json.Span.Length + 16);
        Write(json.Span, quoted);
        return new JsonText(quoted.WrittenMemory);
    }

    private static void WriteEscape(byte value, IBufferWriter<byte> output)
    {
        switch (value)
        {
            case (byte)'"':
                output.Write("\\\""u8);
                break;
            case (byte)'\\':
                output.Write("\\\\"u8);
                break;
            case (byte)'\n':
                output.Write("\\n"u8);
                break;
            case (byte)'\r':
                output.Write("\\r"u8);
                break;
            case (byte)'\t':
                output.Write("\\t"u8);
                break;
            default:
                output.Write(Encoding.ASCII.GetBytes($"\\u{value:x4}"));
                break;
        }
    }
}
