using System.Buffers;
using System.Buffers.Text;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// Reads a delta event by looking for its members instead of walking all of them. That is safe because inside a JSON string
/// the quotes of such a pattern would be escaped. Anything unusual is left to <see cref="ResponsesFrame.TryRead"/>.
/// </summary>
internal static class ResponsesDeltaScan
{
    /// <summary>What ends a plain run of string content; control characters are not allowed in it.</summary>
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\"u8);

    public static bool TryRead(ReadOnlySpan<byte> data, out int output, out int part, out ReadOnlySpan<byte> delta)
    {
        part = 0;
        delta = default;
        return TryNumber(data, "\"output_index\":"u8, out output)
            && (TryNumber(data, "\"content_index\":"u8, out part) || TryNumber(data, "\"summary_index\":"u8, out part) || part == 0)
            && TryText(data, "\"delta\":\""u8, out delta)
            && data[^1] == '}'
            && data.IndexOf("\"logprobs\":[{"u8) < 0;
    }

    private static bool TryNumber(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name, out int number)
    {
        number = 0;
        var at = data.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(data[(at + name.Length)..], out number, out var used) && used > 0;
    }

    private static bool TryText(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> text)
    {
        text = default;
        var at = data.IndexOf(name);
        if (at < 0)
        {
            return false;
        }

        var rest = data[(at + name.Length)..];
        for (var end = 0; ;)
        {
            var next = rest[end..].IndexOfAny(Special);
            if (next < 0)
            {
                return false;
            }

            end += next;
            if (rest[end] == '"')
            {
                text = rest[..end];
                return true;
            }

            var length = EscapeLength(rest[end..]);
            if (length == 0)
            {
                return false;
            }

            end += length;
        }
    }

    /// <summary>Length of the escape at the start; 0 where there is none or a bad one.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '\\')
        {
            return 0;
        }

        if (text[1] != 'u')
        {
            return text[1] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' ? 2 : 0;
        }

        var isHex = text.Length >= 6 && char.IsAsciiHexDigit((char)text[2]) && char.IsAsciiHexDigit((char)text[3])
            && char.IsAsciiHexDigit((char)text[4]) && char.IsAsciiHexDigit((char)text[5]);
        return isHex ? 6 : 0;
    }
}
