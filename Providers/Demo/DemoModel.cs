using System.Globalization;

namespace BifrostLite.Providers.Demo;

/// <summary>
/// A demo model's name, taken apart: what it does, and how fast and how long. "story-50ms" writes a token every 50 ms,
/// "story@20" 20 tokens a second, "story-500t" 500 tokens; "slow-headers-3s" waits three seconds.
/// </summary>
internal sealed record DemoModel(string Kind)
{
    /// <summary>What a name that is no demo model's stands for: the demo serves whatever a client asks for before a key is configured.</summary>
    public const string StandIn = "stand-in";

    /// <summary>What hosted models write today, about 50 tokens a second.</summary>
    private static readonly TimeSpan StoryPace = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan HeaderWait = TimeSpan.FromSeconds(5);

    /// <summary>The models that GET /v1/models lists; the options above may be put on each.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "echo", "story", "long", "tools", "thinking", "empty", "refusal",
        "error-400", "error-401", "error-403", "error-404", "error-429", "error-500", "error-503", "error-529",
        "error-midstream", "cut", "truncated", "stall", "slow-headers",
    ];

    /// <summary>Wait before each token.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Tokens to write; null for the model's own.</summary>
    public int? Length { get; init; }

    /// <summary>Wait before the headers.</summary>
    public TimeSpan HeaderDelay => Kind == "slow-headers" ? Wait ?? HeaderWait : TimeSpan.Zero;

    private TimeSpan? Wait { get; init; }

    /// <summary>The status of "error-NNN"; 0 for others.</summary>
    public int ErrorStatus { get; private init; }

    public static DemoModel Parse(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var rate = at < 0 ? 0 : int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) ? tokens : -1;
        var parts = (at < 0 ? name : name[..at]).Split('-').ToList();
        TimeSpan? wait = null;
        int? length = null;
        while (parts.Count > 1 && TryOption(parts[^1], ref wait, ref length))
        {
            parts.RemoveAt(parts.Count - 1);
        }

        var kind = string.Join('-', parts);
        if (parts is ["error", { Length: 3 }] && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600)
        {
            return new DemoModel(kind) { ErrorStatus = status };
        }

        if (rate < 0 || !Names.Contains(kind))
        {
            return new DemoModel(StandIn);
        }

        var pace = rate > 0 ? TimeSpan.FromSeconds(1.0 / rate) : wait ?? (kind == "story" ? StoryPace : TimeSpan.Zero);
        return new DemoModel(kind) { Pace = kind == "slow-headers" ? TimeSpan.Zero : pace, Length = length, Wait = wait };
    }

    private static bool TryOption(string part, ref TimeSpan? wait, ref int? length)
    {
        var digits = 0;
        while (digits < part.Length && char.IsAsciiDigit(part[digits]))
        {
            digits++;
        }

        if (digits is 0 or > 6)
        {
            return false;
        }

        var number = int.Parse(part.AsSpan(0, digits), CultureInfo.InvariantCulture);
        switch (part[digits..])
        {
            case "ms":
                wait = TimeSpan.FromMilliseconds(number);
                return true;
            case "s":
                wait = TimeSpan.FromSeconds(number);
                return true;
            case "t":
                length = number;
                return true;
            default:
                return false;
        }
    }
}
