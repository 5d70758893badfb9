using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// x-api-key (or a bearer token for the OAuth tokens of Claude subscriptions) and anthropic-version, without which the
/// API answers 400 (https://platform.claude.com/docs/en/api/versioning).
/// </summary>
internal sealed class AnthropicAuth : IProviderAuth
{
    /// <summary>The version whose requests the gateway writes; a caller's own wins.</summary>
    public const string DefaultVersion = "2023-06-01";

    private const string OAuthPrefix = "sk-ant-oat";

    public ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (key.Value.Reveal().StartsWith(OAuthPrefix, StringComparison.Ordinal))
        {
            request.Headers.Remove("x-api-key");
            HeaderAuth.Set(request, "Authorization", "Bearer ", key);
        }
        else
        {
            request.Headers.Remove("Authorization");
            HeaderAuth.Set(request, "x-api-key", "", key);
        }

        if (!request.Headers.Contains("anthropic-version"))
        {
            request.Headers.TryAddWithoutValidation("anthropic-version", DefaultVersion);
        }

        return default;
    }
}
