using System.Collections.Frozen;
using BifrostLite.Configuration;
using BifrostLite.Schemas;

namespace BifrostLite.Providers;

/// <summary>
/// Which headers cross the gateway. Both ways are lists of what may pass: a header nobody thought of stays behind, so no
/// credential, cookie or hop-by-hop header can slip through.
/// </summary>
internal static class UpstreamHeaders
{
    private const string ExtraPrefix = "x-bf-eh-";

    private static readonly FrozenSet<string> Answers = FrozenSet.ToFrozenSet(
        ["request-id", "x-request-id", "x-amzn-requestid", "retry-after", "retry-after-ms", "x-should-retry", "x-generation-id"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What x-bf-eh- may never set: credentials, framing and what belongs to one hop (RFC 9110, section 7.6.1).</summary>
    private static readonly FrozenSet<string> Denied = FrozenSet.ToFrozenSet(
        [
            "authorization", "proxy-authorization", "x-api-key", "x-goog-api-key", "api-key", "cookie", "x-amz-security-token", "x-amz-date",
            "x-amz-content-sha256", "x-bf-api-key", "x-bf-api-key-id", "x-bf-vk", "host", "content-length", "content-type", "content-encoding",
            "connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a header of a provider's answer is passed on to the caller.</summary>
    public static bool PassesOn(string name) => Answers.Contains(name)
        || name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("openai-", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a header of the caller is sent on to a provider asked in <paramref name="dialect"/>, and under which name.
    /// A vendor's own headers go only where its dialect is spoken; "x-bf-eh-NAME" goes anywhere as NAME, and so does NAME where the
    /// configuration lists it as allowed.
    /// </summary>
    public static bool TryForward(string name, string dialect, HeaderFilterConfig filter, out string upstreamName)
    {
        if (name.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
        {
            upstreamName = name[ExtraPrefix.Length..].ToLowerInvariant();
            return IsHarmless(upstreamName) && !Lists(filter.Denied, upstreamName) && (filter.Allowed.Count == 0 || Lists(filter.Allowed, upstreamName));
        }

        upstreamName = name;
        return !Lists(filter.Denied, name) && (IsVendors(name, dialect) || (Lists(filter.Allowed, name) && IsHarmless(name)));
    }

    /// <summary>A header's value without what the provider does not take of it; null where nothing is left.</summary>
    /// <param name="name">The header.</param>
    /// <param name="value">As the caller sent it.</param>
    /// <param name="refusedBetas">Beginnings of anthropic-beta values; null for none.</param>
    public static string? Accepted(string name, string value, IReadOnlyList<string>? refusedBetas)
    {
        if (refusedBetas is not { Count: > 0 } || !Is(name, "anthropic-beta"))
        {
            return value;
        }

        var taken = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(beta => !refusedBetas.Any(refused => beta.StartsWith(refused, StringComparison.OrdinalIgnoreCase)));
        return string.Join(',', taken) is { Length: > 0 } left ? left : null;
    }

    private static bool IsHarmless(string name) => name.Length > 0 && !Denied.Contains(name) && !name.StartsWith("x-bf-", StringComparison.OrdinalIgnoreCase);

    /// <summary>A name, or the beginning of names and "*". The lists of configurations are short, most are empty.</summary>
    private static bool Lists(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (Is(names[i], name) || (names[i].EndsWith('*') && name.AsSpan().StartsWith(names[i].AsSpan()[..^1], StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsVendors(string name, string dialect) => dialect switch
    {
        DialectNames.Messages => Is(name, "anthropic-version") || Is(name, "anthropic-beta") || Is(name, "anthropic-dangerous-direct-browser-access"),
        DialectNames.Chat or DialectNames.Responses => Is(name, "openai-beta"),
        _ => false,
    };

    private static bool Is(string name, string expected) => string.Equals(name, expected, StringComparison.OrdinalIgnoreCase);
}
