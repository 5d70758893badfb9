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
    private int _at;
    private bool _isBehindFirst;
    private bool _isOpen;

    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _isOpen = JsonSlice.Opens(json, (byte)'{', out _at);
    }

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value as it stands; empty where it is null.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (!_isOpen)
        {
            return false;
        }

        var start = JsonScan.Next(_json, _at, !_isBehindFirst, (byte)'}');
        if (start == JsonScan.End)
        {
            _isOpen = false;
            return false;
        }

        var nameEnd = 0;
        var value = start == JsonScan.Broken ? JsonScan.Broken : JsonScan.SkipName(_json, start, out nameEnd);
        Value = JsonSlice.Take(_json, value, out _at);
        Name = _json[(start + 1)..(nameEnd - 1)];
        _isBehindFirst = true;
        return true;
    }

    /// <summary>Fails where anything follows the object.</summary>
    public readonly void ExpectEnd()
    {
        var bracket = JsonScan.SkipBlanks(_json, _at);
        if (JsonScan.SkipBlanks(_json, bracket + 1) < _json.Length)
        {
            throw new JsonException("something follows the object");
        }
    }
}

/// <summary>Walks the items of one JSON array in the same way.</summary>
internal ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _json;
    private int _at;
    private bool _isBehindFirst;
    private bool _isOpen;

    public JsonItems(ReadOnlySpan<byte> json)
    {
        _json = json;
        _isOpen = JsonSlice.Opens(json, (byte)'[', out _at);
    }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        var start = _isOpen ? JsonScan.Next(_json, _at, !_isBehindFirst, (byte)']') : JsonScan.End;
        if (start == JsonScan.End)
        {
            _isOpen = false;
            return false;
        }

        Value = JsonSlice.Take(_json, start, out _at);
        _isBehindFirst = true;
        return true;
    }
}

/// <summary>Reads slices that <see cref="JsonMembers"/> and <see cref="JsonItems"/> hand out; a wrong kind reads as nothing.</summary>
internal static class JsonSlice
{
    /// <summary>So many digits surely fit into a long.</summary>
    private const int MostPlainDigits = 18;

    /// <summary>A string's escaped body; empty for anything else.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> value) => value.Length > 2 && value[0] == '"' ? value[1..^1] : default;

    /// <summary>A whole number, also where a vendor spells it 12.0.</summary>
    public static long? Number(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        if (value.Length <= MostPlainDigits && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            long plain = 0;
            foreach (var digit in value)
            {
                plain = (plain * 10) + digit - '0';
            }

            return plain;
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

    /// <summary>Whether the bytes begin with this bracket; a value of another kind has no parts, and no value at all is no JSON.</summary>
    internal static bool Opens(ReadOnlySpan<byte> json, byte bracket, out int behind)
    {
        behind = JsonScan.SkipBlanks(json, 0);
        if ((uint)behind < (uint)json.Length && json[behind] == bracket)
        {
            behind++;
            return true;
        }

        if (!json.IsEmpty && (behind == json.Length || (json[behind] is not ((byte)'{' or (byte)'[') && JsonScan.SkipValue(json, behind, 0) == JsonScan.Broken)))
        {
            throw Broken();
        }

        behind = json.Length;
        return false;
    }

    /// <summary>The value that begins there; empty for null.</summary>
    internal static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> json, int at, out int end)
    {
        end = at < 0 ? JsonScan.Broken : JsonScan.SkipValue(json, at, 1);
        if (end == JsonScan.Broken)
        {
            throw Broken();
        }

        return json[at] == 'n' ? default : json[at..end];
    }

    private static JsonException Broken() => new("the bytes stop being JSON");
}
