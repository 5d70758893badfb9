using System.Collections.Frozen;
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
    /// A vendor's own headers go only where its dialect is spoken; "x-bf-eh-NAME" goes anywhere as NAME.
    /// </summary>
    public static bool TryForward(string name, string dialect, out string upstreamName)
    {
        if (name.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
        {
            upstreamName = name[ExtraPrefix.Length..].ToLowerInvariant();
            return upstreamName.Length > 0 && !Denied.Contains(upstreamName) && !upstreamName.StartsWith("x-bf-", StringComparison.Ordinal);
        }

        upstreamName = name;
        return dialect switch
        {
            DialectNames.Messages => Is(name, "anthropic-version") || Is(name, "anthropic-beta") || Is(name, "anthropic-dangerous-direct-browser-access"),
            DialectNames.Chat or DialectNames.Responses => Is(name, "openai-beta"),
            _ => false,
        };
    }

    private static bool Is(string name, string expected) => string.Equals(name, expected, StringComparison.OrdinalIgnoreCase);
}
