using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// A parsed JSON body whose values are handed out as slices of the original bytes: what a gateway has no business reading
/// is never decoded. Dispose it when reading is done; slices stay good as long as the body's memory.
/// </summary>
internal sealed class JsonBody : IDisposable
{
    /// <summary>Tool schemas nest deeply, hostile bodies deeper: 10,000 levels must be an error, not a crash.</summary>
    public const int MaxDepth = 256;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly JsonDocument _document;

    private JsonBody(ReadOnlyMemory<byte> bytes, JsonDocument document)
    {
        _bytes = bytes;
        _document = document;
    }

    public JsonElement Root => _document.RootElement;

    /// <summary>Parses a whole body. On failure <paramref name="error"/> says where it stops being JSON.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, out JsonBody body, out string error)
    {
        body = null!;
        if (!Utf8.IsValid(bytes.Span))
        {
            error = "not valid UTF-8";
            return false;
        }

        try
        {
            if (!HasReadableNames(bytes.Span))
            {
                error = "not valid JSON: a member's name holds half a surrogate pair";
                return false;
            }

            body = new JsonBody(bytes, JsonDocument.Parse(bytes, Options));
            error = "";
            return true;
        }
        catch (JsonException e)
        {
            error = $"not valid JSON at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}";
            return false;
        }
    }

    /// <summary>The value exactly as it stands.</summary>
    public RawJson Raw(JsonElement element) => new(Slice(JsonMarshal.GetRawUtf8Value(element)));

    /// <summary>A string's bytes between its quotes; empty for anything that is no string.</summary>
    public JsonText Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? new JsonText(Slice(JsonMarshal.GetRawUtf8Value(element)[1..^1])) : default;

    /// <summary>The text of a member; empty where there is no such member or it is no string.</summary>
    public JsonText TextOf(JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? Text(value) : default;

    /// <summary>A member's value; absent where there is none.</summary>
    public RawJson RawOf(JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? Raw(value) : default;

    public void Dispose() => _document.Dispose();

    /// <summary>
    /// JsonElement throws when it compares or gives a name whose escapes are no text, and has no way to ask. Values may hold
    /// such escapes: they are never decoded by it. Only the rare body that holds surrogates is looked through.
    /// </summary>
    private static bool HasReadableNames(ReadOnlySpan<byte> bytes)
    {
        var first = bytes.IndexOf("\\u"u8);
        if (first < 0 || (bytes[first..].IndexOf("\\ud"u8) < 0 && bytes[first..].IndexOf("\\uD"u8) < 0))
        {
            return true;
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueIsEscaped && JsonEscapes.Decode(reader.ValueSpan).Contains('\uFFFD'))
            {
                return false;
            }
        }

        return true;
    }

    private ReadOnlyMemory<byte> Slice(ReadOnlySpan<byte> part) =>
        _bytes.Span.Overlaps(part, out var offset) ? _bytes.Slice(offset, part.Length) : part.ToArray();
}
