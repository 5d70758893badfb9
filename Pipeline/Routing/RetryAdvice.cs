using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// What a refusal's headers say about trying again. Retry-After is RFC 9110, section 10.2.3 (seconds or a date);
/// retry-after-ms and x-should-retry are what the SDKs of OpenAI and Anthropic obey; x-ratelimit-reset-* is OpenAI's
/// (platform.openai.com/docs/guides/rate-limits: "6m0s"), anthropic-ratelimit-*-reset Anthropic's
/// (platform.claude.com/docs/en/api/rate-limits: RFC 3339). Google says it in the error's body: google.rpc.RetryInfo among its
/// details (google.aip.dev/193, google/rpc/error_details.proto), {"retryDelay":"13s"}.
/// </summary>
/// <param name="Wait">How long to stay away; null where nothing is said.</param>
/// <param name="ShouldRetry">The provider's own word on whether the same call may do better; null where it has none.</param>
internal readonly record struct RetryAdvice(TimeSpan? Wait, bool? ShouldRetry)
{
    /// <summary>Beyond this a wait is no advice for a request any more, and sums must not overflow.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <param name="response">The refusal.</param>
    /// <param name="inBody">What its body says; a header wins.</param>
    /// <param name="now">The time.</param>
    public static RetryAdvice Read(HttpResponseMessage? response, TimeSpan? inBody, DateTimeOffset now)
    {
        if (response is null)
        {
            return default;
        }

        var headers = response.Headers;
        bool? shouldRetry = First(headers, "x-should-retry") switch { "true" => true, "false" => false, _ => null };
        var wait = Milliseconds(First(headers, "retry-after-ms")) ?? After(First(headers, "retry-after"), now) ?? inBody;
        if (wait is null && (int)response.StatusCode == 429)
        {
            wait = Reset(headers, now);
        }

        return new RetryAdvice(wait is null ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait, shouldRetry);
    }

    /// <summary>The wait that an error's body asks for, whichever dialect the error is in; null where it asks for none.</summary>
    public static TimeSpan? OfBody(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("retryDelay"u8) && reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    return Duration(reader.GetString());
                }
            }
        }
        catch (JsonException)
        {
            // Errors need not be JSON.
        }

        return null;
    }

    /// <summary>"1s", "6m0s", "12ms", "1h2m", as Go writes durations; or bare seconds.</summary>
    internal static TimeSpan? Duration(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Seconds(text) is { } seconds)
        {
            return seconds;
        }

        var total = 0.0;
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            {
                end++;
            }

            var unit = text.AsSpan(end).StartsWith("ms") ? 2 : 1;
            if (end >= text.Length || !double.TryParse(text.AsSpan(at, end - at), CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            total += value * (unit == 2 ? 0.001 : text[end] switch { 'h' => 3600, 'm' => 60, 's' => 1, _ => double.NaN });
            at = end + unit;
        }

        return total is >= 0 and < 1e6 ? TimeSpan.FromSeconds(total) : null;
    }

    /// <summary>The longest reset among the limits that are used up; where none says so, nothing.</summary>
    private static TimeSpan? Reset(HttpResponseHeaders headers, DateTimeOffset now)
    {
        TimeSpan? longest = null;
        foreach (var limit in (string[])["requests", "tokens", "input-tokens", "output-tokens"])
        {
            if (First(headers, "x-ratelimit-remaining-" + limit) == "0")
            {
                longest = Later(longest, Duration(First(headers, "x-ratelimit-reset-" + limit)));
            }

            if (First(headers, $"anthropic-ratelimit-{limit}-remaining") == "0"
                && DateTimeOffset.TryParse(First(headers, $"anthropic-ratelimit-{limit}-reset"), CultureInfo.InvariantCulture, out var moment))
            {
                longest = Later(longest, moment - now);
            }
        }

        return longest;
    }

    private static TimeSpan? Later(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other ?? one : one;

    private static TimeSpan? After(string? text, DateTimeOffset now) =>
        Seconds(text) ?? (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment - now : null);

    private static TimeSpan? Seconds(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e6 ? TimeSpan.FromSeconds(seconds) : null;

    private static TimeSpan? Milliseconds(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 1e9
            ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static string? First(HttpResponseHeaders headers, string name)
    {
        if (headers.NonValidated.TryGetValues(name, out var values))
        {
            foreach (var value in values)
            {
                return value;
            }
        }

        return null;
    }
}
