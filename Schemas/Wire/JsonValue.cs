using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>Where a value, or a member's name without its quotes, stands in a <see cref="JsonBody"/>.</summary>
/// <param name="start">Its first byte.</param>
/// <param name="end">Behind its last byte.</param>
/// <param name="next">The spot behind all that it holds.</param>
/// <param name="kind">What it is; undefined for a name.</param>
/// <param name="isEscaped">The name has escapes.</param>
internal readonly struct JsonSpot(int start, int end, int next, JsonValueKind kind, bool isEscaped)
{
    public readonly int Start = start;
    public readonly int End = end;
    public readonly int Next = next;
    public readonly JsonValueKind Kind = kind;
    public readonly bool IsEscaped = isEscaped;

    /// <summary>Of an object: a bit for first letter and length of each member's name. Most names asked for are not there, and have another bit.</summary>
    public ushort Names { get; init; }
}

/// <summary>
/// One value of a <see cref="JsonBody"/>: JsonElement's manners over a leaner table. Names are compared as bytes; of members
/// of the same name the last counts; text with half a surrogate pair reads as U+FFFD instead of throwing.
/// </summary>
internal readonly struct JsonValue(JsonBody body, int index)
{
    private readonly JsonBody? _body = body;
    private readonly int _index = index;

    public JsonValueKind ValueKind => _body is null ? JsonValueKind.Undefined : Spot.Kind;

    /// <summary>The value as it stands, strings with their quotes.</summary>
    public ReadOnlySpan<byte> Raw => _body is null ? default : _body.Bytes(Spot);

    internal ref readonly JsonSpot Spot => ref _body!.At(_index);

    public JsonValue this[int number]
    {
        get
        {
            foreach (var item in EnumerateArray())
            {
                if (number-- == 0)
                {
                    return item;
                }
            }

            throw new ArgumentOutOfRangeException(nameof(number));
        }
    }

    public bool TryGetProperty(ReadOnlySpan<byte> name, out JsonValue value)
    {
        var found = ValueKind == JsonValueKind.Object ? _body!.Find(_index, name) : 0;
        value = found == 0 ? default : new JsonValue(_body!, found);
        return found != 0;
    }

    public bool TryGetProperty(string name, out JsonValue value)
    {
        var found = ValueKind == JsonValueKind.Object ? _body!.Find(_index, name) : 0;
        value = found == 0 ? default : new JsonValue(_body!, found);
        return found != 0;
    }

    public JsonValue GetProperty(ReadOnlySpan<byte> name) => TryGetProperty(name, out var value) ? value : throw new KeyNotFoundException();

    public JsonValue GetProperty(string name) => TryGetProperty(name, out var value) ? value : throw new KeyNotFoundException(name);

    /// <summary>The members of an object; anything else has none.</summary>
    public JsonMemberWalk EnumerateObject() => ValueKind == JsonValueKind.Object ? new JsonMemberWalk(_body!, _index) : default;

    /// <summary>The items of an array; anything else has none.</summary>
    public JsonItemWalk EnumerateArray() => ValueKind == JsonValueKind.Array ? new JsonItemWalk(_body!, _index) : default;

    public int GetArrayLength()
    {
        var count = 0;
        foreach (var _ in EnumerateArray())
        {
            count++;
        }

        return count;
    }

    public bool GetBoolean() => ValueKind == JsonValueKind.True;

    /// <summary>A string's text; null for anything else.</summary>
    public string? GetString() => ValueKind == JsonValueKind.String ? JsonEscapes.Decode(Raw[1..^1]) : null;

    public string GetRawText() => Encoding.UTF8.GetString(Raw);

    public bool ValueEquals(ReadOnlySpan<byte> text)
    {
        if (ValueKind != JsonValueKind.String)
        {
            return false;
        }

        var own = Raw[1..^1];
        return own.SequenceEqual(text) || (own.Contains((byte)'\\') && JsonEscapes.Decode(own) == Encoding.UTF8.GetString(text));
    }

    public bool TryGetInt32(out int number) => Utf8Parser.TryParse(Raw, out number, out var used) && used == Raw.Length;

    public bool TryGetInt64(out long number) => Utf8Parser.TryParse(Raw, out number, out var used) && used == Raw.Length;

    public bool TryGetDouble(out double number) => Utf8Parser.TryParse(Raw, out number, out var used) && used == Raw.Length;

    public double GetDouble() => TryGetDouble(out var number) ? number : double.NaN;
}

/// <summary>One member of an object.</summary>
internal readonly struct JsonMember(JsonBody body, int index)
{
    public string Name => JsonNames.Of(body.Bytes(body.At(index)), body.At(index).IsEscaped);

    /// <summary>The name as it stands between its quotes.</summary>
    public ReadOnlySpan<byte> EscapedName => body.Bytes(body.At(index));

    public JsonValue Value => new(body, ValueIndex);

    internal int ValueIndex => index + 1;

    public bool NameEquals(ReadOnlySpan<byte> name)
    {
        ref readonly var spot = ref body.At(index);
        return spot.IsEscaped ? Name == Encoding.UTF8.GetString(name) : body.Bytes(spot).SequenceEqual(name);
    }

    public bool NameEquals(string name)
    {
        ref readonly var spot = ref body.At(index);
        return spot.IsEscaped ? Name == name : spot.End - spot.Start == name.Length && Ascii.Equals(body.Bytes(spot), name);
    }
}

/// <summary>Walks the members of an object.</summary>
internal struct JsonMemberWalk(JsonBody body, int owner)
{
    private JsonSteps _steps = new(body, owner, hasNames: true);

    public readonly JsonMember Current => new(_steps.Body!, _steps.Index);

    public readonly JsonMemberWalk GetEnumerator() => this;

    public bool MoveNext() => _steps.MoveNext();
}

/// <summary>Walks the items of an array.</summary>
internal struct JsonItemWalk(JsonBody body, int owner)
{
    private JsonSteps _steps = new(body, owner, hasNames: false);

    public readonly JsonValue Current => new(_steps.Body!, _steps.Index);

    public readonly JsonItemWalk GetEnumerator() => this;

    public bool MoveNext() => _steps.MoveNext();
}

/// <summary>From one spot of a container to the next; the default has none.</summary>
internal struct JsonSteps(JsonBody body, int owner, bool hasNames)
{
    public readonly JsonBody? Body = body;
    private readonly int _end = body.At(owner).Next;
    private readonly int _offset = hasNames ? 1 : 0;
    private int _next = owner + 1;

    public int Index { get; private set; }

    public bool MoveNext()
    {
        if (_next >= _end)
        {
            return false;
        }

        Index = _next;
        _next = Body!.At(Index + _offset).Next;
        return true;
    }
}
