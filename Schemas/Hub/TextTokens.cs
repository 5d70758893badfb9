namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Estimates the tokens of a text by what its characters are, as byte-pair vocabularies are made: a common word with the
/// blank before it is one token, longer ones one for every seven letters; three digits are one; of a run of marks ("\":{")
/// the first is one and every three after it; scripts beyond Latin cost by the character. In goes UTF-8, plain or as it
/// stands between the quotes of a JSON string.
/// </summary>
internal static class TextTokens
{
    private const int LettersPerToken = 7;
    private const int DigitsPerToken = 3;
    private const int MarksPerToken = 3;

    /// <summary>Greek, Cyrillic, Arabic, accented Latin: letters that take two bytes.</summary>
    private const double PerTwoByteCharacter = 0.5;

    /// <summary>Chinese, Japanese, Korean, Indic scripts.</summary>
    private const double PerThreeByteCharacter = 1;

    /// <summary>Emoji.</summary>
    private const double PerFourByteCharacter = 2;

    private enum Kind
    {
        None,
        Letter,
        Digit,
        Mark,
        Blank,
        Line,
        Wide,
    }

    public static int Count(ReadOnlySpan<byte> text)
    {
        var tokens = 0;
        var wide = 0.0;
        var run = Kind.None;
        var length = 0;
        for (var at = 0; at < text.Length;)
        {
            var kind = Read(text, ref at, ref wide);
            if (kind != run)
            {
                tokens += OfRun(run, length);
                (run, length) = (kind, 0);
            }

            length++;
        }

        return tokens + OfRun(run, length) + (int)Math.Ceiling(wide);
    }

    private static int OfRun(Kind kind, int length) => kind switch
    {
        Kind.Letter => 1 + ((length - 1) / LettersPerToken),
        Kind.Digit => (length + DigitsPerToken - 1) / DigitsPerToken,
        Kind.Mark => 1 + ((length - 1) / MarksPerToken),

        // One blank belongs to the word behind it; an indentation or a break is a token of its own.
        Kind.Blank => length > 1 ? 1 : 0,
        Kind.Line => 1,
        _ => 0,
    };

    /// <summary>The kind of the character at <paramref name="at"/>, which moves behind it.</summary>
    private static Kind Read(ReadOnlySpan<byte> text, ref int at, ref double wide)
    {
        var first = text[at++];
        if (first == '\\' && at < text.Length)
        {
            return Escape(text, ref at, ref wide);
        }

        switch (first)
        {
            case >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z':
                return Kind.Letter;
            case >= (byte)'0' and <= (byte)'9':
                return Kind.Digit;
            case (byte)' ' or (byte)'\t':
                return Kind.Blank;
            case (byte)'\n' or (byte)'\r':
                return Kind.Line;
            case < 0x80:
                return Kind.Mark;
            case >= 0xF0:
                wide += PerFourByteCharacter;
                return Kind.Wide;
            case >= 0xE0:
                wide += PerThreeByteCharacter;
                return Kind.Wide;
            case >= 0xC0:
                wide += PerTwoByteCharacter;
                return Kind.Wide;
            default:
                return Kind.Wide; // a later byte of the character before
        }
    }

    private static Kind Escape(ReadOnlySpan<byte> text, ref int at, ref double wide)
    {
        switch (text[at++])
        {
            case (byte)'n' or (byte)'r':
                return Kind.Line;
            case (byte)'t':
                return Kind.Blank;
            case (byte)'u':
                at = Math.Min(at + 4, text.Length);
                wide += PerThreeByteCharacter;
                return Kind.Wide;
            default:
                return Kind.Mark;
        }
    }
}
