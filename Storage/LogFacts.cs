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

    public string Text(LogFact fact) => (int)fact < _facts.Length ? _facts[(int)fact] : "";

    /// <summary>0 where nothing is said.</summary>
    public long Number(LogFact fact) => long.TryParse(Text(fact), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public double? Milliseconds(LogFact fact) => Text(fact).Length == 0 ? null : Number(fact) / 1000.0;
}
