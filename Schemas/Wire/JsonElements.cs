using System.Text.Json;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Walks the elements of one JSON array in the manner of <see cref="JsonMembers"/>; anything else has none. Bytes that
/// are no JSON end it early.
/// </summary>
internal ref struct JsonElements
{
    private readonly ReadOnlySpan<byte> _json;
    private int _at;
    private bool _isBehindFirst;

    public JsonElements(ReadOnlySpan<byte> json)
    {
        _json = json;
        _at = JsonScan.SkipBlanks(json, 0);
        IsBroken = (uint)_at >= (uint)json.Length || json[_at] != '[';
        _at++;
    }

    /// <summary>The bytes are not a JSON array, or stop being one.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The value as it stands, strings with their quotes.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    /// <summary>The same; empty where it is null.</summary>
    public readonly ReadOnlySpan<byte> Value => Kind == JsonTokenType.Null ? default : Raw;

    public readonly JsonTokenType Kind => JsonScan.KindOf(Raw);

    /// <summary>All that follows, from the element's first byte on.</summary>
    public readonly ReadOnlySpan<byte> FromValue => _json[_at..];

    public bool MoveNext() => MoveToValue() && Pass(JsonScan.SkipValue(_json, _at, 1) - _at);

    /// <summary>To the next element, which is not looked at yet: whoever walks it himself must <see cref="Pass"/> it then.</summary>
    public bool MoveToValue()
    {
        var start = IsBroken ? JsonScan.End : JsonScan.Next(_json, _at, !_isBehindFirst, (byte)']');
        IsBroken |= start == JsonScan.Broken;
        _at = start < 0 ? _at : start;
        return start >= 0;
    }

    /// <summary>Goes behind the element.</summary>
    /// <param name="length">How long it is; negative where it is no JSON.</param>
    public bool Pass(int length)
    {
        if (length < 0)
        {
            IsBroken = true;
            return false;
        }

        Raw = _json.Slice(_at, length);
        _at += length;
        _isBehindFirst = true;
        return true;
    }
}
