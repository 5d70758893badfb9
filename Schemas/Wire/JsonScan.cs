using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Finds where JSON values end (RFC 8259), without decoding or allocating. As strict as <see cref="System.Text.Json.Utf8JsonReader"/>
/// and several times as fast, for it keeps no tokens: what is passed over is looked at once, strings sixteen bytes at a time.
/// Positions are of the first byte behind; <see cref="Broken"/> where the bytes stop being JSON.
/// </summary>
internal static class JsonScan
{
    public const int Broken = -1;
    public const int End = -2;

    private const ulong HighEscapes =
        (1UL << ('\\' - 64)) | (1UL << ('b' - 64)) | (1UL << ('f' - 64)) | (1UL << ('n' - 64)) | (1UL << ('r' - 64)) | (1UL << ('t' - 64));

    /// <summary>The first byte from <paramref name="at"/> on that is no white space; the end where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipBlanks(ReadOnlySpan<byte> json, int at) =>
        (uint)at < (uint)json.Length && json[at] > ' ' ? at : SkipManyBlanks(json, at);

    private static int SkipManyBlanks(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }

    /// <param name="json">The bytes.</param>
    /// <param name="at">The value's first byte.</param>
    /// <param name="depth">How many containers it stands in.</param>
    public static int SkipValue(ReadOnlySpan<byte> json, int at, int depth)
    {
        if ((uint)at >= (uint)json.Length)
        {
            return Broken;
        }

        return json[at] switch
        {
            (byte)'"' => SkipString(json, at),
            (byte)'{' => SkipObject(json, at, depth + 1),
            (byte)'[' => SkipArray(json, at, depth + 1, out _),
            (byte)'t' => SkipWord(json, at, "true"u8),
            (byte)'f' => SkipWord(json, at, "false"u8),
            (byte)'n' => SkipWord(json, at, "null"u8),
            _ => SkipNumber(json, at),
        };
    }

    /// <param name="json">The bytes.</param>
    /// <param name="at">The opening quote.</param>
    public static int SkipString(ReadOnlySpan<byte> json, int at)
    {
        at++;
        while (Vector128.IsHardwareAccelerated && json.Length - at >= Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
            var escapes = Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
            var ends = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.LessThan(bytes, Vector128.Create((byte)' '));
            var found = (ends | escapes).ExtractMostSignificantBits();
            if (found == 0)
            {
                at += Vector128<byte>.Count;
                continue;
            }

            var first = BitOperations.TrailingZeroCount(found);
            if (json[at + first] == '"')
            {
                return at + first + 1;
            }

            if (json[at + first] != '\\')
            {
                return Broken;
            }

            at = SkipEscapes(json, at, bytes, ends.ExtractMostSignificantBits(), escapes.ExtractMostSignificantBits());
            if (at <= Broken)
            {
                return at == Broken ? Broken : -at;
            }
        }

        return SkipShortString(json, at);
    }

    /// <summary>
    /// Sixteen bytes of a string with backslashes among them. Code is full of them, one in ten bytes: they are judged together.
    /// What follows a run of an odd number of them is escaped, found as simdjson does (Langdale and Lemire 2019, section 3.1.1).
    /// </summary>
    /// <returns>Where to go on, not behind a backslash; or the string's end, negative; or <see cref="Broken"/>.</returns>
    private static int SkipEscapes(ReadOnlySpan<byte> json, int at, Vector128<byte> bytes, uint ends, uint backslashes)
    {
        const uint Even = 0x55555555;
        var starts = backslashes & ~(backslashes << 1);
        var escaped = (((backslashes + (starts & Even)) & ~backslashes & ~Even) | ((backslashes + (starts & ~Even)) & ~backslashes & Even));
        var odd = escaped & ~ShortEscapes(bytes);
        var end = ends & ~escaped;
        var first = BitOperations.TrailingZeroCount(odd | end);
        if (first >= Vector128<byte>.Count)
        {
            // The last backslash may belong to the byte behind these.
            return odd == 0 ? at + Vector128<byte>.Count : SkipEscape(json, at + Vector128<byte>.Count);
        }

        if ((odd >> first & 1) != 0)
        {
            return SkipCodeUnit(json, at + first);
        }

        return json[at + first] == '"' ? -(at + first + 1) : Broken;
    }

    /// <summary>A bit for each byte that may stand behind a backslash as it is. By comparisons: a table wants instructions that a native build does not count on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ShortEscapes(Vector128<byte> bytes) =>
        (Vector128.Equals(bytes, Vector128.Create((byte)'n')) | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
            | Vector128.Equals(bytes, Vector128.Create((byte)'t')) | Vector128.Equals(bytes, Vector128.Create((byte)'r'))
            | Vector128.Equals(bytes, Vector128.Create((byte)'/')) | Vector128.Equals(bytes, Vector128.Create((byte)'b'))
            | Vector128.Equals(bytes, Vector128.Create((byte)'f'))).ExtractMostSignificantBits();

    /// <summary>The last bytes of a body, too few for a vector.</summary>
    private static int SkipShortString(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] >= ' ' && json[at] != '"')
        {
            at = json[at] == '\\' ? SkipEscape(json, at + 1) : at + 1;
            if (at == Broken)
            {
                return Broken;
            }
        }

        return (uint)at < (uint)json.Length && json[at] == '"' ? at + 1 : Broken;
    }

    /// <summary>A member's name and colon, from its opening quote to its value's first byte.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="at">Where a name must begin.</param>
    /// <param name="nameEnd">Behind the name's closing quote.</param>
    public static int SkipName(ReadOnlySpan<byte> json, int at, out int nameEnd)
    {
        nameEnd = (uint)at < (uint)json.Length && json[at] == '"' ? SkipString(json, at) : Broken;
        if (nameEnd == Broken)
        {
            return Broken;
        }

        at = SkipBlanks(json, nameEnd);
        return (uint)at < (uint)json.Length && json[at] == ':' ? SkipBlanks(json, at + 1) : Broken;
    }

    /// <summary>What a value is, by its first byte.</summary>
    public static JsonTokenType KindOf(ReadOnlySpan<byte> value) => value.IsEmpty ? JsonTokenType.None : value[0] switch
    {
        (byte)'"' => JsonTokenType.String,
        (byte)'{' => JsonTokenType.StartObject,
        (byte)'[' => JsonTokenType.StartArray,
        (byte)'t' => JsonTokenType.True,
        (byte)'f' => JsonTokenType.False,
        (byte)'n' => JsonTokenType.Null,
        _ => JsonTokenType.Number,
    };

    /// <summary>The next member or item of a container that is walked from outside.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="at">Behind the opening bracket or the value before.</param>
    /// <param name="isFirst">No value has been before.</param>
    /// <param name="close">The closing bracket.</param>
    /// <returns>Its first byte, or <see cref="End"/> where the bracket closes.</returns>
    public static int Next(ReadOnlySpan<byte> json, int at, bool isFirst, byte close)
    {
        at = SkipBlanks(json, at);
        if ((uint)at >= (uint)json.Length)
        {
            return Broken;
        }

        if (json[at] == close)
        {
            return End;
        }

        return isFirst ? at : json[at] == ',' ? SkipBlanks(json, at + 1) : Broken;
    }

    private static int SkipObject(ReadOnlySpan<byte> json, int at, int depth)
    {
        at = SkipBlanks(json, at + 1);
        if (depth > JsonBody.MaxDepth || (uint)at >= (uint)json.Length)
        {
            return Broken;
        }

        if (json[at] == '}')
        {
            return at + 1;
        }

        while (true)
        {
            at = SkipName(json, at, out _);
            at = at == Broken ? Broken : SkipValue(json, at, depth);
            if (at == Broken)
            {
                return Broken;
            }

            at = SkipBlanks(json, at);
            if ((uint)at >= (uint)json.Length || json[at] != ',')
            {
                return (uint)at < (uint)json.Length && json[at] == '}' ? at + 1 : Broken;
            }

            at = SkipBlanks(json, at + 1);
        }
    }

    /// <param name="json">The bytes.</param>
    /// <param name="at">The opening bracket.</param>
    /// <param name="depth">How many containers its items stand in.</param>
    /// <param name="kinds">What its items are.</param>
    public static int SkipArray(ReadOnlySpan<byte> json, int at, int depth, out JsonKinds kinds)
    {
        kinds = JsonKinds.None;
        at = SkipBlanks(json, at + 1);
        if (depth > JsonBody.MaxDepth || (uint)at >= (uint)json.Length)
        {
            return Broken;
        }

        if (json[at] == ']')
        {
            return at + 1;
        }

        while (true)
        {
            kinds |= (uint)at < (uint)json.Length ? KindOf(json[at..]).Kind() : JsonKinds.None;
            at = SkipValue(json, at, depth);
            if (at == Broken)
            {
                return Broken;
            }

            at = SkipBlanks(json, at);
            if ((uint)at >= (uint)json.Length || json[at] != ',')
            {
                return (uint)at < (uint)json.Length && json[at] == ']' ? at + 1 : Broken;
            }

            at = SkipBlanks(json, at + 1);
        }
    }

    private static int SkipWord(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> word) =>
        json[at..].StartsWith(word) ? at + word.Length : Broken;

    /// <param name="json">The bytes.</param>
    /// <param name="at">Behind the backslash.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipEscape(ReadOnlySpan<byte> json, int at) =>
        (uint)at < (uint)json.Length && IsShortEscape(json[at]) ? at + 1 : SkipCodeUnit(json, at);

    /// <summary>One of "\/bfnrt, as a bit of two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsShortEscape(byte letter) =>
        letter < 128 && (((letter < 64 ? (1UL << '"') | (1UL << '/') : HighEscapes) >> (letter & 63)) & 1) != 0;

    private static int SkipCodeUnit(ReadOnlySpan<byte> json, int at)
    {
        if ((uint)at >= (uint)json.Length || json[at] != 'u')
        {
            return Broken;
        }

        for (var end = at + 4; at < end;)
        {
            at++;
            if ((uint)at >= (uint)json.Length || !char.IsAsciiHexDigit((char)json[at]))
            {
                return Broken;
            }
        }

        return at + 1;
    }

    private static int SkipNumber(ReadOnlySpan<byte> json, int at)
    {
        at += json[at] == '-' ? 1 : 0;
        var isZero = (uint)at < (uint)json.Length && json[at] == '0';
        at = isZero ? at + 1 : SkipDigits(json, at);
        return at != Broken && (uint)at < (uint)json.Length && json[at] is (byte)'.' or (byte)'e' or (byte)'E' ? SkipFraction(json, at) : at;
    }

    /// <param name="json">The bytes.</param>
    /// <param name="at">The point or the exponent's letter.</param>
    private static int SkipFraction(ReadOnlySpan<byte> json, int at)
    {
        at = json[at] == '.' ? SkipDigits(json, at + 1) : at;
        if (at != Broken && (uint)at < (uint)json.Length && json[at] is (byte)'e' or (byte)'E')
        {
            at++;
            at += (uint)at < (uint)json.Length && json[at] is (byte)'+' or (byte)'-' ? 1 : 0;
            at = SkipDigits(json, at);
        }

        return at;
    }

    /// <summary>At least one digit.</summary>
    private static int SkipDigits(ReadOnlySpan<byte> json, int at)
    {
        var start = at;
        while ((uint)at < (uint)json.Length && char.IsAsciiDigit((char)json[at]))
        {
            at++;
        }

        return at > start ? at : Broken;
    }
}
