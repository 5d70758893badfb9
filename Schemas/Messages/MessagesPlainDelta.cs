using System.Buffers;
using System.Buffers.Text;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// The frame that makes up most of every stream, read without a JSON parser: a delta of text, thinking or
/// tool input in exactly the layout the API writes. Everything else is left to <see cref="MessagesFrame"/>, which says
/// the same of these frames.
/// </summary>
internal static class MessagesPlainDelta
{
    private static readonly SearchValues<byte> Ends = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\"\\"u8);

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static ReadOnlySpan<byte> Head => "{\"type\":\"content_block_delta\",\"index\":"u8;

    private static ReadOnlySpan<byte> TextHead => ",\"delta\":{\"type\":\"text_delta\",\"text\":\""u8;

    private static ReadOnlySpan<byte> ThinkingHead => ",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\""u8;

    private static ReadOnlySpan<byte> InputHead => ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\""u8;

    public static bool TryRead(ReadOnlySpan<byte> data, out int index, out ReadOnlySpan<byte> text)
    {
        index = 0;
        text = default;
        if (!data.StartsWith(Head) || !TryReadIndex(data[Head.Length..], out index, out var digits))
        {
            return false;
        }

        var rest = data[(Head.Length + digits)..];
        var head = HeadOf(rest);
        if (head == 0)
        {
            return false;
        }

        rest = rest[head..];
        var end = EndOf(rest);
        if (end < 0 || !IsClosed(rest[(end + 1)..]))
        {
            return false;
        }

        text = rest[..end];
        return true;
    }

    private static int HeadOf(ReadOnlySpan<byte> delta) =>
        delta.StartsWith(TextHead) ? TextHead.Length
        : delta.StartsWith(InputHead) ? InputHead.Length
        : delta.StartsWith(ThinkingHead) ? ThinkingHead.Length
        : 0;

    /// <summary>Where the string ends; -1 where it does not, or holds what JSON forbids.</summary>
    private static int EndOf(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (true)
        {
            var step = text[at..].IndexOfAny(Ends);
            if (step < 0)
            {
                return -1;
            }

            at += step;
            if (text[at] != '\\')
            {
                return text[at] == '"' ? at : -1;
            }

            var escape = EscapeLength(text[at..]);
            if (escape == 0)
            {
                return -1;
            }

            at += escape;
        }
    }

    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] == 'u')
        {
            return text.Length >= 6 && text.Slice(2, 4).IndexOfAnyExcept(HexDigits) < 0 ? 6 : 0;
        }

        return "\"\\/bfnrt"u8.Contains(text[1]) ? 2 : 0;
    }

    /// <summary>A JSON number, which has neither a plus nor leading zeros.</summary>
    private static bool TryReadIndex(ReadOnlySpan<byte> data, out int index, out int digits) =>
        Utf8Parser.TryParse(data, out index, out digits) && char.IsAsciiDigit((char)data[0]) && (digits == 1 || data[0] != '0');

    /// <summary>Two braces; the API puts blanks between them to hide the length of what it says.</summary>
    private static bool IsClosed(ReadOnlySpan<byte> tail) =>
        tail.Length >= 2 && tail[0] == '}' && tail[^1] == '}' && tail[1..^1].IndexOfAnyExcept((byte)' ') < 0;
}
