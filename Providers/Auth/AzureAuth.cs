using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// A resource's key in "api-key", or a Microsoft Entra token, which is a JWT, as a bearer token
/// (https://learn.microsoft.com/azure/ai-foundry/openai/reference#authentication).
/// </summary>
internal sealed class AzureAuth : IProviderAuth
{
    /// <summary>Every JWT begins so: it is {" in base64.</summary>
    private const string TokenPrefix = "eyJ";

    public ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        key.Value.Reveal().StartsWith(TokenPrefix, StringComparison.Ordinal)
            ? HeaderAuth.Bearer.ApplyAsync(request, key, body, cancellationToken)
            : HeaderAuth.AzureKey.ApplyAsync(request, key, body, cancellationToken);
}
