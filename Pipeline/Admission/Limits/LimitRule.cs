using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>How much in how long.</summary>
/// <param name="Most">What may be used in one window.</param>
/// <param name="Period">Length of the window.</param>
/// <param name="IsAligned">Windows begin with the calendar's (UTC); those without a boundary there roll all the same.</param>
internal sealed record LimitRule(long Most, ResetPeriod Period, bool IsAligned)
{
    private static readonly DateTime FirstMonday = new(1970, 1, 5, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Whether windows count from a moment of their own that must be remembered.</summary>
    public bool IsRolling => !IsAligned || !Period.HasCalendarBoundary;

    /// <summary>The window a moment lies in; rolling windows follow one another from the first use on.</summary>
    public (DateTimeOffset Start, DateTimeOffset End) WindowAt(DateTimeOffset now, DateTimeOffset firstUse)
    {
        if (IsRolling)
        {
            return Grid(now, firstUse, Period.Length);
        }

        return Period.Unit switch
        {
            'd' => Grid(now, DateTimeOffset.UnixEpoch, Period.Length),
            'w' => Grid(now, FirstMonday, Period.Length),
            'M' => Months(now, Period.Count),
            'Q' => Months(now, 3 * Period.Count),
            _ => Months(now, 12 * Period.Count),
        };
    }

    private static (DateTimeOffset Start, DateTimeOffset End) Grid(DateTimeOffset now, DateTimeOffset origin, TimeSpan length)
    {
        // Rounded down also before the origin: another machine's clock may be ahead of this one's.
        var (index, rest) = Math.DivRem((now - origin).Ticks, length.Ticks);
        index -= rest < 0 ? 1 : 0;
        var start = origin.AddTicks(index * length.Ticks);
        return (start, start + length);
    }

    private static (DateTimeOffset Start, DateTimeOffset End) Months(DateTimeOffset now, int count)
    {
        var utc = now.UtcDateTime;
        var first = ((utc.Year * 12) + utc.Month - 1) / count * count;
        return (FirstOf(first), FirstOf(first + count));
    }

    private static DateTimeOffset FirstOf(int month) => new(month / 12, (month % 12) + 1, 1, 0, 0, 0, TimeSpan.Zero);
}
