using System.Text.Json;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Walks the members of one JSON object without allocating or decoding: what stream decoders and usage taps look at a
/// frame with. Ends at the closing bracket; bytes that are no JSON end it early with <see cref="IsBroken"/>.
/// </summary>
internal ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _json;
    private int _at;
    private bool _isBehindFirst;

    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _at = JsonScan.SkipBlanks(json, 0);
        IsBroken = (uint)_at >= (uint)json.Length || json[_at] != '{';
        _at++;
    }

    /// <summary>The bytes are not a JSON object, or stop being one.</summary>
    public bool IsBroken { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value as it stands, strings with their quotes.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    /// <summary>What an array's items are; nothing for any other value.</summary>
    public JsonKinds Items { get; private set; }

    /// <summary>The value; empty where it is null.</summary>
    public readonly ReadOnlySpan<byte> Value => Kind == JsonTokenType.Null ? default : Raw;

    /// <summary>The name's opening quote.</summary>
    public int NameStart { get; private set; }

    /// <summary>The value's first byte.</summary>
    public int ValueStart { get; private set; }

    /// <summary>Behind the value, or behind the object once <see cref="MoveNext"/> found its end.</summary>
    public readonly int End => _at;

    public readonly JsonTokenType Kind => JsonScan.KindOf(Raw);

    /// <summary>A string's escaped text; empty for anything else.</summary>
    public readonly ReadOnlySpan<byte> Text => Kind == JsonTokenType.String ? Raw[1..^1] : default;

    /// <summary>A whole number; 0 for anything else (1.0 counts as 1).</summary>
    public readonly long Integer => JsonDigits.TryRead(Raw, out var plain) ? plain : Number is { } number && Math.Abs(number) < long.MaxValue ? (long)number : 0;

    public readonly double? Number =>
        Kind == JsonTokenType.Number && System.Buffers.Text.Utf8Parser.TryParse(Raw, out double number, out _) ? number : null;

    public bool MoveNext()
    {
        if (!MoveToValue())
        {
            return false;
        }

        var items = JsonKinds.None;
        var end = (uint)ValueStart < (uint)_json.Length && _json[ValueStart] == '['
            ? JsonScan.SkipArray(_json, ValueStart, 2, out items)
            : JsonScan.SkipValue(_json, ValueStart, 1);
        Items = items;
        return Pass(end - ValueStart);
    }

    /// <summary>
    /// To the next member's value, which is not looked at yet: whoever walks it himself saves one look at all its bytes, and must
    /// <see cref="Pass"/> it then.
    /// </summary>
    public bool MoveToValue()
    {
        if (IsBroken)
        {
            return false;
        }

        var start = JsonScan.Next(_json, _at, !_isBehindFirst, (byte)'}');
        if (start == JsonScan.End)
        {
            _at = JsonScan.SkipBlanks(_json, _at) + 1;
            return false;
        }

        var nameEnd = 0;
        var value = start == JsonScan.Broken ? JsonScan.Broken : JsonScan.SkipName(_json, start, out nameEnd);
        if (value == JsonScan.Broken)
        {
            IsBroken = true;
            return false;
        }

        NameStart = start;
        ValueStart = value;
        Name = _json[(start + 1)..(nameEnd - 1)];
        _isBehindFirst = true;
        return true;
    }

    /// <summary>All that follows, from the value's first byte on.</summary>
    public readonly ReadOnlySpan<byte> FromValue => _json[ValueStart..];

    /// <summary>Goes behind the value.</summary>
    /// <param name="length">How long it is; negative where it is no JSON.</param>
    public bool Pass(int length)
    {
        if (length < 0)
        {
            IsBroken = true;
            return false;
        }

        Raw = _json.Slice(ValueStart, length);
        _at = ValueStart + length;
        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> name) => Name.SequenceEqual(name);
}
