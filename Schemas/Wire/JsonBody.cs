using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// A parsed JSON body whose values are handed out as slices of the original bytes: what a gateway has no business reading
/// is never decoded. Parsing notes where each value begins and ends, and no more (<see cref="JsonSpot"/>). Dispose it when
/// reading is done; slices stay good as long as the body's memory.
/// </summary>
internal sealed class JsonBody : IDisposable
{
    /// <summary>Tool schemas nest deeply, hostile bodies deeper: 10,000 levels must be an error, not a crash.</summary>
    public const int MaxDepth = 256;

    /// <summary>A value with its name takes that many bytes at least, as bodies go: most need no second table.</summary>
    private const int BytesPerSpot = 12;

    /// <summary>64 KB of them. A body of megabytes is mostly one image, and needs no larger table than others.</summary>
    private const int MostAtFirst = 4096;

    /// <summary>4 MB of them: a larger table is not given back to the pool (<see cref="ByteArrays"/> says why).</summary>
    private const int MostKept = 256 * 1024;

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly byte[] _bytes;
    private readonly int _offset;
    private JsonSpot[] _spots;
    private int _count;
    private bool _hasEscapedNames;

    private JsonBody(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        if (MemoryMarshal.TryGetArray(memory, out var segment))
        {
            (_bytes, _offset) = (segment.Array!, segment.Offset);
        }
        else
        {
            _bytes = memory.ToArray();
        }

        _spots = ArrayPool<JsonSpot>.Shared.Rent(16 + Math.Min(memory.Length / BytesPerSpot, MostAtFirst - 16));
    }

    public JsonValue Root => new(this, 0);

    /// <summary>Parses a whole body. On failure <paramref name="error"/> says where it stops being JSON.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, out JsonBody body, out string error)
    {
        body = null!;
        if (!Utf8.IsValid(bytes.Span))
        {
            error = "not valid UTF-8";
            return false;
        }

        var parsed = new JsonBody(bytes);
        var end = parsed.Add(bytes.Span, JsonScan.SkipBlanks(bytes.Span, 0), 0);
        if (end == JsonScan.Broken || JsonScan.SkipBlanks(bytes.Span, end) < bytes.Length)
        {
            parsed.Dispose();
            error = WhereItBreaks(bytes.Span);
            return false;
        }

        if (parsed._hasEscapedNames && !HasReadableNames(bytes.Span))
        {
            parsed.Dispose();
            error = "not valid JSON: a member's name holds half a surrogate pair";
            return false;
        }

        body = parsed;
        error = "";
        return true;
    }

    /// <summary>The value exactly as it stands.</summary>
    public RawJson Raw(JsonValue value) => new(Slice(value.Spot, 0));

    /// <summary>A string's bytes between its quotes; empty for anything that is no string.</summary>
    public JsonText Text(JsonValue value) => value.ValueKind == JsonValueKind.String ? new JsonText(Slice(value.Spot, 1)) : default;

    /// <summary>The text of a member; empty where there is no such member or it is no string.</summary>
    public JsonText TextOf(JsonValue owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? Text(value) : default;

    /// <summary>A member's value; absent where there is none.</summary>
    public RawJson RawOf(JsonValue owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? Raw(value) : default;

    public void Dispose()
    {
        var spots = _spots;
        _spots = [];
        if (spots.Length is > 0 and <= MostKept)
        {
            ArrayPool<JsonSpot>.Shared.Return(spots);
        }
    }

    /// <summary>The spot of the value of an object's last member of this name; 0 where there is none.</summary>
    internal int Find(int owner, ReadOnlySpan<byte> name)
    {
        var spots = _spots;
        if ((spots[owner].Names & NameBit(name.IsEmpty ? 0 : name[0], name.Length)) == 0)
        {
            return 0;
        }

        var end = spots[owner].Next;
        var found = 0;
        for (var i = owner + 1; i < end; i = spots[i + 1].Next)
        {
            ref readonly var spot = ref spots[i];
            if (spot.IsEscaped ? Bytes(spot).Length >= name.Length && JsonEscapes.Decode(Bytes(spot)) == Encoding.UTF8.GetString(name)
                : spot.End - spot.Start == name.Length && Bytes(spot).SequenceEqual(name))
            {
                found = i + 1;
            }
        }

        return found;
    }

    /// <summary>The same for a name of the reader's own, plain ASCII: compared as it is, for readers ask for dozens that are not there.</summary>
    internal int Find(int owner, string name)
    {
        Debug.Assert(Ascii.IsValid(name), "other names are given in bytes");
        var spots = _spots;
        if ((spots[owner].Names & NameBit(name.Length == 0 ? 0 : name[0], name.Length)) == 0)
        {
            return 0;
        }

        var end = spots[owner].Next;
        var found = 0;
        for (var i = owner + 1; i < end; i = spots[i + 1].Next)
        {
            ref readonly var spot = ref spots[i];
            if (spot.IsEscaped ? JsonEscapes.Decode(Bytes(spot)) == name : spot.End - spot.Start == name.Length && Ascii.Equals(Bytes(spot), name))
            {
                found = i + 1;
            }
        }

        return found;
    }

    internal ref readonly JsonSpot At(int index) => ref _spots[index];

    internal ReadOnlySpan<byte> Bytes(in JsonSpot spot) => _bytes.AsSpan(_offset + spot.Start, spot.End - spot.Start);

    /// <summary>Names are compared as they stand; only those with escapes must be looked at twice, and those with half a character refused.</summary>
    private static bool HasReadableNames(ReadOnlySpan<byte> bytes)
    {
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

    /// <summary>The framework's reader is slower and counts lines.</summary>
    private static string WhereItBreaks(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }

            return "not valid JSON";
        }
        catch (JsonException e)
        {
            return $"not valid JSON at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}";
        }
    }

    private static int NameBit(int first, int length) => 1 << ((first ^ length) & 15);

    /// <summary>Notes the value that begins at <paramref name="at"/> and all it holds.</summary>
    /// <returns>The first byte behind it.</returns>
    private int Add(ReadOnlySpan<byte> json, int at, int depth)
    {
        if ((uint)at >= (uint)json.Length)
        {
            return JsonScan.Broken;
        }

        var index = Reserve();
        var names = 0;
        var (kind, end) = json[at] switch
        {
            (byte)'"' => (JsonValueKind.String, JsonScan.SkipString(json, at)),
            (byte)'{' => (JsonValueKind.Object, AddMembers(json, at + 1, depth + 1, ref names)),
            (byte)'[' => (JsonValueKind.Array, AddItems(json, at + 1, depth + 1)),
            (byte)'t' => (JsonValueKind.True, JsonScan.SkipValue(json, at, depth)),
            (byte)'f' => (JsonValueKind.False, JsonScan.SkipValue(json, at, depth)),
            (byte)'n' => (JsonValueKind.Null, JsonScan.SkipValue(json, at, depth)),
            _ => (JsonValueKind.Number, JsonScan.SkipValue(json, at, depth)),
        };
        _spots[index] = new JsonSpot(at, end, _count, kind, false) { Names = (ushort)names };
        return end;
    }

    private int AddMembers(ReadOnlySpan<byte> json, int at, int depth, ref int names)
    {
        var isFirst = true;
        while (depth <= MaxDepth)
        {
            var start = JsonScan.Next(json, at, isFirst, (byte)'}');
            if (start == JsonScan.End)
            {
                return JsonScan.SkipBlanks(json, at) + 1;
            }

            var nameEnd = 0;
            var value = start == JsonScan.Broken ? JsonScan.Broken : JsonScan.SkipName(json, start, out nameEnd);
            if (value == JsonScan.Broken)
            {
                return JsonScan.Broken;
            }

            var isEscaped = json[(start + 1)..(nameEnd - 1)].Contains((byte)'\\');
            _hasEscapedNames |= isEscaped;
            names |= isEscaped ? ushort.MaxValue : NameBit(nameEnd - start == 2 ? 0 : json[start + 1], nameEnd - start - 2);
            var index = Reserve();
            _spots[index] = new JsonSpot(start + 1, nameEnd - 1, _count, JsonValueKind.Undefined, isEscaped);
            at = Add(json, value, depth);
            if (at == JsonScan.Broken)
            {
                return JsonScan.Broken;
            }

            isFirst = false;
        }

        return JsonScan.Broken;
    }

    private int AddItems(ReadOnlySpan<byte> json, int at, int depth)
    {
        var isFirst = true;
        while (depth <= MaxDepth)
        {
            var start = JsonScan.Next(json, at, isFirst, (byte)']');
            if (start == JsonScan.End)
            {
                return JsonScan.SkipBlanks(json, at) + 1;
            }

            at = start == JsonScan.Broken ? JsonScan.Broken : Add(json, start, depth);
            if (at == JsonScan.Broken)
            {
                return JsonScan.Broken;
            }

            isFirst = false;
        }

        return JsonScan.Broken;
    }

    private int Reserve()
    {
        if (_count == _spots.Length)
        {
            var grown = ArrayPool<JsonSpot>.Shared.Rent(2 * _count);
            _spots.AsSpan(0, _count).CopyTo(grown);
            Dispose();
            _spots = grown;
        }

        return _count++;
    }

    private ReadOnlyMemory<byte> Slice(in JsonSpot spot, int margin) => _memory.Slice(spot.Start + margin, spot.End - spot.Start - (2 * margin));
}
