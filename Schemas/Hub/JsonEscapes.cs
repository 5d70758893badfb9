using System.Buffers;
using System.Globalization;
using System.Text;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Reads and writes the escapes of JSON strings (RFC 8259 section 7). Reading is lenient: what a strict decoder refuses becomes
/// U+FFFD. Writing escapes what must be and nothing else, unlike the framework's encoders, which spell out emoji.
/// </summary>
internal static class JsonEscapes
{
    /// <summary>Of a rune in UTF-8.</summary>
    private const int LongestRune = 4;

    /// <summary>Length of \uXXXX.</summary>
    private const int UnitLength = 6;

    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f"u8
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"u8);

    /// <summary>The plain UTF-8 text of an escaped JSON string body, written to <paramref name="output"/>.</summary>
    public static void Unescape(ReadOnlySpan<byte> escaped, IBufferWriter<byte> output)
    {
        while (!escaped.IsEmpty)
        {
            var room = output.GetSpan(LongestRune);
            var written = 0;
            escaped = escaped[Unescape(escaped, room, ref written)..];
            output.Advance(written);
        }
    }

    /// <summary>As much of it as there is room for, as <see cref="Escape(ReadOnlySpan{byte}, Span{byte}, ref int)"/> does.</summary>
    /// <returns>How many bytes of the text were taken; more than none where there is room for one rune.</returns>
    private static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> room, ref int written)
    {
        var at = 0;
        while (at < escaped.Length && room.Length - written >= LongestRune)
        {
            var piece = escaped[at..Math.Min(escaped.Length, at + room.Length - written)];
            var plain = piece.IndexOf((byte)'\\') is var found and >= 0 ? found : piece.Length;
            piece[..plain].CopyTo(room[written..]);
            written += plain;
            at += plain;
            if (plain < piece.Length && room.Length - written >= LongestRune)
            {
                at += ReadEscape(escaped[at..], room, ref written);
            }
        }

        return at;
    }

    /// <summary>
    /// Puts one level of escapes on <paramref name="text"/>: what must be escaped and nothing else, so that bytes no encoder
    /// would take (bad UTF-8, escapes of lone surrogates in a raw JSON value) survive.
    /// </summary>
    public static void Escape(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            var room = output.GetSpan(UnitLength);
            var written = 0;
            text = text[Escape(text, room, ref written)..];
            output.Advance(written);
        }
    }

    /// <summary>As much of it as there is room for: bodies of code have an escape in ten bytes, and each is too short to be written apart.</summary>
    /// <returns>How many bytes of the text were taken; more than none where there is room for one escape.</returns>
    private static int Escape(ReadOnlySpan<byte> text, Span<byte> room, ref int written)
    {
        var at = 0;
        while (at < text.Length && room.Length - written >= UnitLength)
        {
            var piece = text[at..Math.Min(text.Length, at + room.Length - written)];
            var plain = piece.IndexOfAny(MustEscape) is var found and >= 0 ? found : piece.Length;
            piece[..plain].CopyTo(room[written..]);
            written += plain;
            at += plain;
            if (plain < piece.Length && room.Length - written >= UnitLength)
            {
                written += Spell(text[at++], room[written..]);
            }
        }

        return at;
    }

    /// <summary>Whether <paramref name="text"/> may stand between quotes as it is.</summary>
    public static bool NeedsNone(ReadOnlySpan<byte> text) => !text.ContainsAny(MustEscape);

    public static string Decode(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IndexOf((byte)'\\') < 0)
        {
            return Encoding.UTF8.GetString(escaped);
        }

        var plain = new ArrayBufferWriter<byte>(escaped.Length);
        Unescape(escaped, plain);
        return Encoding.UTF8.GetString(plain.WrittenSpan);
    }

    /// <summary>One byte below 0x80 in its escaped form.</summary>
    public static void WriteEscape(byte code, IBufferWriter<byte> output) => output.Advance(Spell(code, output.GetSpan(UnitLength)));

    /// <returns>How many bytes it takes, six at most.</returns>
    private static int Spell(byte code, Span<byte> room)
    {
        var letter = code switch
        {
            (byte)'"' or (byte)'\\' => code,
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            _ => (byte)'u',
        };
        room[0] = (byte)'\\';
        room[1] = letter;
        if (letter != 'u')
        {
            return 2;
        }

        SpellUnit((char)code, room);
        return UnitLength;
    }

    /// <summary>A UTF-16 unit as \uXXXX.</summary>
    public static void WriteUnit(char unit, IBufferWriter<byte> output)
    {
        SpellUnit(unit, output.GetSpan(UnitLength));
        output.Advance(UnitLength);
    }

    private static void SpellUnit(char unit, Span<byte> room)
    {
        "\\u"u8.CopyTo(room);
        for (var i = 0; i < 4; i++)
        {
            room[2 + i] = "0123456789abcdef"u8[(unit >> (12 - (4 * i))) & 0xF];
        }
    }

    /// <returns>How many bytes of the text it is.</returns>
    private static int ReadEscape(ReadOnlySpan<byte> text, Span<byte> room, ref int written)
    {
        if (text.Length >= 2 && text[1] != 'u')
        {
            room[written++] = Simple(text[1]);
            return 2;
        }

        if (!TryReadUnit(text, out var unit))
        {
            written += Rune.ReplacementChar.EncodeToUtf8(room[written..]);
            return Math.Min(text.Length, 2);
        }

        var length = 6;
        var rune = Rune.ReplacementChar;
        if (char.IsHighSurrogate(unit) && TryReadUnit(text[6..], out var low) && char.IsLowSurrogate(low))
        {
            rune = new Rune(unit, low);
            length = 12;
        }
        else if (!char.IsSurrogate(unit))
        {
            rune = new Rune(unit);
        }

        written += rune.EncodeToUtf8(room[written..]);
        return length;
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u'
            || !ushort.TryParse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        unit = (char)value;
        return true;
    }

    private static byte Simple(byte code) => code switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => code,
    };
}
