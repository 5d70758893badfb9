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

    public bool MoveNext()
    {
        var start = IsBroken ? JsonScan.End : JsonScan.Next(_json, _at, !_isBehindFirst, (byte)']');
        if (start == JsonScan.End)
        {
            return false;
        }

        var end = start == JsonScan.Broken ? JsonScan.Broken : JsonScan.SkipValue(_json, start, 1);
        if (end == JsonScan.Broken)
        {
            IsBroken = true;
            return false;
        }

        Raw = _json[start..end];
        _at = end;
        _isBehindFirst = true;
        return true;
    }
}
