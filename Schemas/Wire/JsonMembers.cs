using System.Text.Json;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Walks the members of one JSON object without allocating or decoding: what stream decoders and usage taps look at a
/// frame with. Ends at the closing bracket; bytes that are no JSON end it early with <see cref="IsBroken"/>.
/// </summary>
internal ref struct JsonMembers
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonBody.MaxDepth };

    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;

    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, Options);
        IsBroken = !TryRead() || _reader.TokenType != JsonTokenType.StartObject;
    }

    /// <summary>The bytes are not a JSON object, or stop being one.</summary>
    public bool IsBroken { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value as it stands, strings with their quotes.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    public JsonTokenType Kind { get; private set; }

    /// <summary>A string's escaped text; empty for anything else.</summary>
    public readonly ReadOnlySpan<byte> Text => Kind == JsonTokenType.String ? Raw[1..^1] : default;

    public bool MoveNext()
    {
        if (IsBroken || !TryRead() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        Name = _reader.ValueSpan;
        if (!TryRead())
        {
            return false;
        }

        Kind = _reader.TokenType;
        var start = (int)_reader.TokenStartIndex;
        if (Kind is JsonTokenType.StartObject or JsonTokenType.StartArray && !TrySkip())
        {
            return false;
        }

        Raw = _json[start..(int)_reader.BytesConsumed];
        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> name) => Name.SequenceEqual(name);

    /// <summary>A whole number; 0 for anything else (1.0 counts as 1).</summary>
    public readonly long Integer => Number is { } number && Math.Abs(number) < long.MaxValue ? (long)number : 0;

    public readonly double? Number =>
        Kind == JsonTokenType.Number && System.Buffers.Text.Utf8Parser.TryParse(Raw, out double number, out _) ? number : null;

    private bool TryRead()
    {
        try
        {
            if (_reader.Read())
            {
                return true;
            }
        }
        catch (JsonException)
        {
            // Told by IsBroken; a broken frame is rare and ends its stream.
        }

        IsBroken = true;
        return false;
    }

    private bool TrySkip()
    {
        try
        {
            _reader.Skip();
            return true;
        }
        catch (JsonException)
        {
            IsBroken = true;
            return false;
        }
    }
}
