using System.Buffers;
using System.Globalization;
using System.Text;

namespace BifrostLite.Schemas.Hub;

/// <summary>Reads the escapes of JSON strings (RFC 8259 section 7) leniently: what a strict decoder refuses becomes U+FFFD.</summary>
internal static class JsonEscapes
{
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>The plain UTF-8 text of an escaped JSON string body, written to <paramref name="output"/>.</summary>
    public static void Unescape(ReadOnlySpan<byte> escaped, IBufferWriter<byte> output)
    {
        while (true)
        {
            var at = escaped.IndexOf((byte)'\\');
            if (at < 0)
            {
                output.Write(escaped);
                return;
            }

            output.Write(escaped[..at]);
            escaped = escaped[(at + ReadEscape(escaped[at..], output))..];
        }
    }

    /// <summary>
    /// Puts one level of escapes on <paramref name="text"/>: what must be escaped and nothing else, so that bytes no encoder
    /// would take (bad UTF-8, escapes of lone surrogates in a raw JSON value) survive.
    /// </summary>
    public static void Escape(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (true)
        {
            var at = text.IndexOfAny(MustEscape);
            if (at < 0)
            {
                output.Write(text);
                return;
            }

            output.Write(text[..at]);
            WriteEscape(text[at], output);
            text = text[(at + 1)..];
        }
    }

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

    private static int ReadEscape(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (text.Length < 2)
        {
            output.Write("\uFFFD"u8);
            return text.Length;
        }

        if (text[1] != 'u')
        {
            output.Write([Simple(text[1])]);
            return 2;
        }

        if (!TryReadUnit(text, out var unit))
        {
            output.Write("\uFFFD"u8);
            return 2;
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

        Span<byte> bytes = stackalloc byte[4];
        output.Write(bytes[..rune.EncodeToUtf8(bytes)]);
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

    private static void WriteEscape(byte b, IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> escape = b switch
        {
            (byte)'"' => "\\\""u8,
            (byte)'\\' => "\\\\"u8,
            (byte)'\n' => "\\n"u8,
            (byte)'\r' => "\\r"u8,
            (byte)'\t' => "\\t"u8,
            _ => [(byte)'\\', (byte)'u', (byte)'0', (byte)'0', Hex(b >> 4), Hex(b & 0xF)],
        };
        output.Write(escape);
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);

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
