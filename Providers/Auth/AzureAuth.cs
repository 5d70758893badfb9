using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// A Microsoft Entra token for the application in azure_key_config; else the key's value: a resource's key in "api-key", or a token, which
/// is a JWT, as a bearer token (https://learn.microsoft.com/azure/ai-foundry/openai/reference#authentication); else a token for whom the
/// surroundings say we are. The order is Bifrost's.
/// </summary>
internal sealed class AzureAuth(EntraTokens tokens) : IProviderAuth
{
    /// <summary>Every JWT begins so: it is {" in base64.</summary>
    private const string TokenPrefix = "eyJ";

    private static readonly AzureKeyConfig Nobody = new();

    public ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var azure = key.Azure ?? Nobody;
        if (azure.ClientSecret.IsEmpty && !key.Value.IsEmpty)
        {
            var header = key.Value.Reveal().StartsWith(TokenPrefix, StringComparison.Ordinal) ? HeaderAuth.Bearer : HeaderAuth.AzureKey;
            return header.ApplyAsync(request, key, body, cancellationToken);
        }

        return SignInAsync(request, key, azure, cancellationToken);
    }

    private async ValueTask<GatewayError?> SignInAsync(HttpRequestMessage request, KeyConfig key, AzureKeyConfig azure, CancellationToken cancellationToken)
    {
        var (token, failure) = await tokens.GetAsync(azure, cancellationToken);
        if (token is null)
        {
            return new GatewayError(401, ErrorKind.Authentication, $"Azure key \"{key.Name}\" {failure}");
        }

        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return null;
    }
}
