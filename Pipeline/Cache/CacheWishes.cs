using System.Globalization;
using BifrostLite.Configuration;
using BifrostLite.Configuration.Reading;

namespace BifrostLite.Pipeline.Cache;

/// <summary>
/// What a request's x-bf-cache-* headers say, over what the configuration says (docs.getbifrost.ai/features/semantic-caching).
/// As in Bifrost a value that cannot be read is as good as none.
/// </summary>
internal sealed record CacheWishes
{
    /// <summary>Names the part of the cache that is looked in and written to.</summary>
    public required string Key { get; init; }

    public required TimeSpan Lifetime { get; init; }

    /// <summary>From 0 to 1.</summary>
    public required double Threshold { get; init; }

    /// <summary>An equal request's answer will do.</summary>
    public required bool FindsEqual { get; init; }

    /// <summary>An alike request's answer will do as well.</summary>
    public required bool FindsAlike { get; init; }

    /// <summary>The answer is not kept; one that was kept before may be given all the same.</summary>
    public required bool NoStore { get; init; }

    /// <returns>Null where the request names no cache key and the configuration has none for it: it has nothing to do with the cache.</returns>
    public static CacheWishes? Read(IHeaderDictionary headers, CacheConfig config)
    {
        var key = headers["x-bf-cache-key"].ToString();
        key = key.Length > 0 ? key : config.DefaultKey;
        if (key.Length == 0)
        {
            return null;
        }

        var type = headers["x-bf-cache-type"].ToString();
        return new CacheWishes
        {
            Key = key,
            Lifetime = Duration(headers["x-bf-cache-ttl"].ToString()) ?? config.Lifetime,
            Threshold = Share(headers["x-bf-cache-threshold"].ToString()) ?? config.Threshold,
            FindsEqual = !Is(type, "semantic"),
            FindsAlike = config.FindsAlike && !Is(type, "direct"),
            NoStore = Is(headers["x-bf-cache-no-store"].ToString(), "true"),
        };
    }

    /// <summary>A duration ("30s", "5m") or a number of seconds.</summary>
    private static TimeSpan? Duration(string text)
    {
        var lifetime = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : TextForms.TryDuration(text, out var duration) ? duration
            : TimeSpan.Zero;
        return lifetime > TimeSpan.Zero ? lifetime : null;
    }

    private static double? Share(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && !double.IsNaN(share) ? Math.Clamp(share, 0, 1) : null;

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
