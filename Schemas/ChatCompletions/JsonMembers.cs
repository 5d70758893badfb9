using System.Buffers.Text;
using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Walks the members of one JSON object, handing out names and values as slices of it. Nothing is decoded or allocated;
/// anything but an object has no members. Throws JsonException where the bytes stop being JSON.
/// </summary>
internal ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private bool _isOpen;

    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
        _isOpen = !json.IsEmpty && _reader.Read() && _reader.TokenType == JsonTokenType.StartObject;
    }

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value as it stands; empty where it is null.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (!_isOpen || !_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            _isOpen = false;
            return false;
        }

        Name = _reader.ValueSpan;
        _reader.Read();
        Value = JsonSlice.Take(ref _reader, _json);
        return true;
    }

    /// <summary>Reads what follows the object, so that a second value behind it is found.</summary>
    public void ExpectEnd() => _reader.Read();
}

/// <summary>Walks the items of one JSON array in the same way.</summary>
internal ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private bool _isOpen;

    public JsonItems(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
        _isOpen = !json.IsEmpty && _reader.Read() && _reader.TokenType == JsonTokenType.StartArray;
    }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (!_isOpen || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
        {
            _isOpen = false;
            return false;
        }

        Value = JsonSlice.Take(ref _reader, _json);
        return true;
    }
}

/// <summary>Reads slices that <see cref="JsonMembers"/> and <see cref="JsonItems"/> hand out; a wrong kind reads as nothing.</summary>
internal static class JsonSlice
{
    /// <summary>A string's escaped body; empty for anything else.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> value) => value.Length > 2 && value[0] == '"' ? value[1..^1] : default;

    /// <summary>A whole number, also where a vendor spells it 12.0.</summary>
    public static long? Number(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        if (Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length)
        {
            return number;
        }

        var isNumber = Utf8Parser.TryParse(value, out double real, out used) && used == value.Length;
        return isNumber && Math.Abs(real) < 9e18 ? (long)real : null;
    }

    public static bool IsArray(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '[';

    public static bool IsObject(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '{';

    /// <summary>The value of one member of an object; empty where it is not there or null.</summary>
    public static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        if (!IsObject(json))
        {
            return default;
        }

        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual(name))
            {
                return members.Value;
            }
        }

        return default;
    }

    /// <summary>The value the reader stands on; empty for null.</summary>
    internal static ReadOnlySpan<byte> Take(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }
}
