using System.Globalization;

namespace BifrostLite.Configuration;

/// <summary>How long a budget or limit counts before it starts anew, as written: "5m", "1h", "1d", "1w", "1M", "1Q", "1Y".</summary>
/// <param name="Count">How many units.</param>
/// <param name="Unit">s, m, h, d, w, M (month), Q (quarter) or Y.</param>
internal readonly record struct ResetPeriod(int Count, char Unit)
{
    /// <summary>Only days and longer have a boundary in the calendar; shorter windows roll whatever the file says.</summary>
    public bool HasCalendarBoundary => Unit is 'd' or 'w' or 'M' or 'Q' or 'Y';

    /// <summary>Length of a window that rolls: months of 30 days, quarters of 90, years of 365, as Bifrost counts them.</summary>
    public TimeSpan Length => Unit switch
    {
        's' => TimeSpan.FromSeconds(Count),
        'm' => TimeSpan.FromMinutes(Count),
        'h' => TimeSpan.FromHours(Count),
        'd' => TimeSpan.FromDays(Count),
        'w' => TimeSpan.FromDays(7.0 * Count),
        'M' => TimeSpan.FromDays(30.0 * Count),
        'Q' => TimeSpan.FromDays(90.0 * Count),
        _ => TimeSpan.FromDays(365.0 * Count),
    };

    /// <summary>Reads a text whose form has been checked.</summary>
    public static ResetPeriod Parse(string text) => new(int.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture), text[^1]);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count}{Unit}");
}
