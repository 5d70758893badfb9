using System.Globalization;

namespace BifrostLite.Storage;

/// <summary>The places in <see cref="LogFacts"/>. Stored: new ones come at the end, none goes away.</summary>
internal enum LogFact
{
    Route,
    CallerDialect,
    UpstreamDialect,
    RequestedModel,
    Status,
    ErrorMessage,
    IsStream,
    Attempts,
    Trail,
    Losses,
    CacheReadTokens,
    CacheWriteTokens,
    ReasoningTokens,
    HeadersMicroseconds,
    FirstTokenMicroseconds,
    BytesIn,
    BytesOut,
    Extra,
}

/// <summary>
/// What a log entry says and nobody searches by, as one text: the facts in the order of <see cref="LogFact"/>, with ASCII's unit separator
/// between them. One value costs a store much less than eighteen columns (docs/decisions.md, "Storage"), and SQL can still write it,
/// as the migrations do.
/// </summary>
internal sealed class LogFacts(string packed)
{
    public const char Separator = '\u001f';

    private readonly string[] _facts = packed.Split(Separator);

    /// <summary>One number out of the packed text, for who wants nothing else of it; 0 where it does not say.</summary>
    public static long NumberIn(ReadOnlySpan<char> packed, LogFact fact)
    {
        for (var skipped = 0; skipped < (int)fact; skipped++)
        {
            var next = packed.IndexOf(Separator) + 1;
            if (next == 0)
            {
                return 0;
            }

            packed = packed[next..];
        }

        var end = packed.IndexOf(Separator);
        return long.TryParse(end < 0 ? packed : packed[..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    public string Text(LogFact fact) => (int)fact < _facts.Length ? _facts[(int)fact] : "";

    /// <summary>0 where nothing is said.</summary>
    public long Number(LogFact fact) => long.TryParse(Text(fact), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public double? Milliseconds(LogFact fact) => Text(fact).Length == 0 ? null : Number(fact) / 1000.0;
}
