using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Walks the elements of a JSON array without allocating or decoding; anything else has none. The bytes must be JSON.</summary>
internal ref struct GenerateContentItems
{
    private readonly ReadOnlySpan<byte> _json;
    private int _at;
    private bool _isBehindFirst;
    private bool _isOver;

    public GenerateContentItems(ReadOnlySpan<byte> json)
    {
        _json = json;
        _at = JsonScan.SkipBlanks(json, 0);
        _isOver = (uint)_at >= (uint)json.Length || json[_at] != '[';
        _at++;
    }

    public ReadOnlySpan<byte> Raw { get; private set; }

    public bool MoveNext()
    {
        var start = _isOver ? JsonScan.End : JsonScan.Next(_json, _at, !_isBehindFirst, (byte)']');
        if (start == JsonScan.End)
        {
            _isOver = true;
            return false;
        }

        var end = start == JsonScan.Broken ? JsonScan.Broken : JsonScan.SkipValue(_json, start, 1);
        if (end == JsonScan.Broken)
        {
            throw new JsonException("the bytes stop being JSON");
        }

        Raw = _json[start..end];
        _at = end;
        _isBehindFirst = true;
        return true;
    }
}
