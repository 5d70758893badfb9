using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// Vertex AI: an access token for the service account in the key (auth_credentials) or in the file that
/// GOOGLE_APPLICATION_CREDENTIALS names; or the key's value, which is an API key or an access token somebody else renews.
/// </summary>
internal sealed class VertexAuth(GoogleTokens tokens, Func<string, string?> environment, Func<string, string?> readFile) : IProviderAuth
{
    /// <summary>How Google's API keys begin; everything else is a token.</summary>
    private const string ApiKeyPrefix = "AIza";

    public async ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!key.Value.IsEmpty)
        {
            var auth = key.Value.Reveal().StartsWith(ApiKeyPrefix, StringComparison.Ordinal) ? HeaderAuth.GoogleKey : HeaderAuth.Bearer;
            return await auth.ApplyAsync(request, key, body, cancellationToken);
        }

        var account = key.Vertex?.AuthCredentials.Reveal() is { Length: > 0 } own
            ? own
            : environment("GOOGLE_APPLICATION_CREDENTIALS") is { Length: > 0 } file ? readFile(file) : null;
        if (string.IsNullOrEmpty(account))
        {
            return Refused("has no credentials: set vertex_key_config.auth_credentials to a service account's JSON, or GOOGLE_APPLICATION_CREDENTIALS to its file.");
        }

        var (token, failure) = await tokens.GetAsync(account, cancellationToken);
        if (token is null)
        {
            return Refused(failure!);
        }

        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return null;

        GatewayError Refused(string why) => new(401, ErrorKind.Authentication, $"Vertex AI key \"{key.Name}\" {why}");
    }
}
