using System.Buffers;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// A JSON value as the escaped body of a JSON string: argument objects of the wire (Messages, Converse, GenerateContent) as
/// the hub's argument text. Key order, number spelling and white space survive; nothing else is escaped than must be.
/// </summary>
internal static class JsonQuote
{
    /// <summary>Writes a JSON value as the escaped body of a JSON string.</summary>
    public static void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> output) => JsonEscapes.Escape(json, output);

    public static JsonText Of(RawJson json)
    {
        var quoted = new ArrayBufferWriter<byte>(json.Span.Length + 16);
        JsonEscapes.Escape(json.Span, quoted);
        return new JsonText(quoted.WrittenMemory);
    }
}
