using System.Buffers;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// The fast way through a stream: all but the text of a text delta's frame is the same as in the frame before it, so a frame
/// that begins and ends like the last one read whole is a delta of the same block, whatever the vendor's dress. Anything else
/// goes the long way.
/// </summary>
internal sealed class ChatCompletionsTemplate
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\"u8);

    private byte[] _bytes = [];
    private int _prefix;
    private int _suffix;
    private bool _isPadded;

    /// <summary>Random filling against traffic analysis: OpenAI's obfuscation, Mistral's p.</summary>
    private static ReadOnlySpan<byte> OpenAIPadding => "\"obfuscation\":\""u8;

    private static ReadOnlySpan<byte> MistralPadding => "\"p\":\""u8;

    public void Forget() => _prefix = 0;

    /// <summary>Takes a frame that was read whole as the pattern for the next; the text is all that may differ.</summary>
    public void Learn(ReadOnlySpan<byte> frame, int textStart, int textLength)
    {
        var suffix = frame[(textStart + textLength)..];
        var padding = suffix.LastIndexOf(OpenAIPadding);
        var length = padding >= 0 ? padding + OpenAIPadding.Length : -1;
        if (length < 0 && (padding = suffix.LastIndexOf(MistralPadding)) >= 0)
        {
            length = padding + MistralPadding.Length;
        }

        _isPadded = length >= 0;
        suffix = _isPadded ? suffix[..length] : suffix;
        if (_bytes.Length < textStart + suffix.Length)
        {
            _bytes = new byte[2 * (textStart + suffix.Length)];
        }

        frame[..textStart].CopyTo(_bytes);
        suffix.CopyTo(_bytes.AsSpan(textStart));
        (_prefix, _suffix) = (textStart, suffix.Length);
    }

    /// <summary>The text of a frame that fits the pattern.</summary>
    public bool TryMatch(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_prefix == 0 || !frame.StartsWith(_bytes.AsSpan(0, _prefix)))
        {
            return false;
        }

        var rest = frame[_prefix..];
        var length = TextLength(rest);
        if (length < 0 || !FitsEnd(rest[length..]))
        {
            return false;
        }

        text = rest[..length];
        return true;
    }

    /// <summary>Bytes up to the quote that ends the string; -1 where it is no legal JSON string.</summary>
    public static int TextLength(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (true)
        {
            var next = text[at..].IndexOfAny(Special);
            if (next < 0 || text[at + next] < 0x20)
            {
                return -1;
            }

            at += next;
            if (text[at] == '"')
            {
                return at;
            }

            var escape = EscapeLength(text[at..]);
            if (escape == 0)
            {
                return -1;
            }

            at += escape;
        }
    }

    private bool FitsEnd(ReadOnlySpan<byte> end)
    {
        if (!end.StartsWith(_bytes.AsSpan(_prefix, _suffix)))
        {
            return false;
        }

        var behind = end[_suffix..];
        return _isPadded ? behind.IndexOfAny(Special) is var quote and >= 0 && behind[quote..].SequenceEqual("\"}"u8) : behind.IsEmpty;
    }

    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(text[1]) ? 2 : 0;
        }

        var isHex = text.Length >= 6 && char.IsAsciiHexDigit((char)text[2]) && char.IsAsciiHexDigit((char)text[3])
            && char.IsAsciiHexDigit((char)text[4]) && char.IsAsciiHexDigit((char)text[5]);
        return isHex ? 6 : 0;
    }
}
