using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>Reads of frames that several Converse readers share.</summary>
internal static class ConverseJson
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonBody.MaxDepth };

    /// <summary>A reader that goes as deep as <see cref="JsonBody"/>, so that what one took the other does not refuse.</summary>
    public static Utf8JsonReader Reader(ReadOnlySpan<byte> json) => new(json, Options);

    /// <summary>The value the reader stands on as it stands in <paramref name="data"/>; the reader ends on its last token.</summary>
    public static ReadOnlySpan<byte> Raw(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return data[start..(int)reader.BytesConsumed];
    }

    public static int Index(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index))
        {
            return index;
        }

        reader.Skip();
        return 0;
    }

    /// <summary>
    /// The stop sequence among additionalModelResponseFields, which callers ask for by JSON pointer: "/stop_sequence"
    /// gives {"stop_sequence"}, "/delta/stop_sequence" in a stream gives {"delta":{"stop_sequence"}}.
    /// </summary>
    public static ReadOnlySpan<byte> StopSequence(ReadOnlySpan<byte> fields)
    {
        var reader = Reader(fields);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueSpan.SequenceEqual("stop_sequence"u8))
            {
                reader.Read();
                return reader.TokenType == JsonTokenType.String ? reader.ValueSpan : default;
            }
        }

        return default;
    }
}
