using System.Buffers;
using System.Globalization;
using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration.Reading;

/// <summary>Tells whether a text has the form its shape asks for, and reads durations.</summary>
internal static class TextForms
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Milliseconds)[] Units =
        [("ns", 1e-6), ("us", 1e-3), ("µs", 1e-3), ("ms", 1), ("s", 1e3), ("m", 6e4), ("h", 3.6e6)];

    /// <summary>What is wrong with the text, or null. Does not quote it: an address may hold a password.</summary>
    public static string? Complaint(TextForm form, string text) => form switch
    {
        TextForm.NotEmpty when text.Length == 0 => "must not be empty",
        TextForm.Url when !IsUrl(text, "http", "https") => "must be a whole address: http://host or https://host",
        TextForm.SafeUrl when !IsUrl(text, "https") && !(IsUrl(text, "http") && new Uri(text).IsLoopback) => "must be an https URL, or an http one of this machine",
        TextForm.SheetUrl when !IsUrl(text, "http", "https") && !IsFile(text) => "must be an http, https or file URL",
        TextForm.PathOrUrl when text.Length == 0 || (text.Contains("://", StringComparison.Ordinal) && !IsUrl(text, "http", "https"))
            => "must be a path, or a whole http or https URL",
        TextForm.Duration when !TryDuration(text, out _) => "must be a duration such as \"500ms\", \"30s\" or \"1h30m\"",
        TextForm.Period when !IsPeriod(text) => "must be a window such as \"30s\", \"5m\", \"1h\", \"1d\", \"1w\", \"1M\", \"1Q\" or \"1Y\"",
        _ => null,
    };

    /// <summary>Reads a duration as Go's time.ParseDuration does, without signs.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        if (rest.SequenceEqual("0"))
        {
            return true;
        }

        var total = 0d;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
            {
                return false;
            }

            rest = rest[digits..];
            var length = rest.IndexOfAny(NumberCharacters);
            var unit = length < 0 ? rest : rest[..length];
            if (!TryUnit(unit, out var milliseconds))
            {
                return false;
            }

            total += count * milliseconds;
            rest = rest[unit.Length..];
        }

        duration = TimeSpan.FromMilliseconds(Math.Min(total, int.MaxValue));
        return text.Length > 0;
    }

    private static bool TryUnit(ReadOnlySpan<char> unit, out double milliseconds)
    {
        foreach (var (name, value) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                milliseconds = value;
                return true;
            }
        }

        milliseconds = 0;
        return false;
    }

    private static bool IsUrl(string text, params ReadOnlySpan<string> schemes) =>
        !text.StartsWith(' ') && text.Contains("://", StringComparison.Ordinal)
        && Uri.TryCreate(text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme) && url.Host.Length > 0;

    /// <summary>Bifrost also takes relative paths here (file://../prices.json), which are no URLs by the letter.</summary>
    private static bool IsFile(string text) => text.StartsWith("file://", StringComparison.OrdinalIgnoreCase) && text.Length > "file://".Length;

    private static bool IsPeriod(string text) =>
        text.Length >= 2 && "smhdwMQY".Contains(text[^1], StringComparison.Ordinal)
        && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0;
}
