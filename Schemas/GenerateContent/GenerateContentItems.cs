using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Walks the elements of a JSON array without allocating or decoding; anything else has none. The bytes must be JSON.</summary>
internal ref struct GenerateContentItems
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private bool _isOver;

    public GenerateContentItems(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
        _isOver = json.IsEmpty || !_reader.Read() || _reader.TokenType != JsonTokenType.StartArray;
    }

    public ReadOnlySpan<byte> Raw { get; private set; }

    public bool MoveNext()
    {
        if (_isOver || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
        {
            _isOver = true;
            return false;
        }

        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        Raw = _json[start..(int)_reader.BytesConsumed];
        return true;
    }
}
