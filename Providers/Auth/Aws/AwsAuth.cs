using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// Bedrock: a bearer key where there is one (the key's value, or AWS_BEARER_TOKEN_BEDROCK for a key without credentials of
/// its own), else a SigV4 signature. See https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html.
/// </summary>
internal sealed class AwsAuth(AwsSigner signer, IAwsCredentialSource credentials, Func<string, string?> environment, string service = "bedrock")
    : IProviderAuth
{
    private const string BearerVariable = "AWS_BEARER_TOKEN_BEDROCK";

    public async ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (BearerOf(key) is { Length: > 0 } token)
        {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            return null;
        }

        var found = await credentials.GetAsync(key, cancellationToken);
        if (found.Credentials is null)
        {
            return found.Error;
        }

        signer.Sign(request, body.Span, found.Credentials, AwsRegion.Of(key, environment), service);
        return null;
    }

    /// <summary>The same credentials for another of AWS's services.</summary>
    public AwsAuth ForService(string other) => new(signer, credentials, environment, other);

    private string? BearerOf(KeyConfig key)
    {
        if (!key.Value.IsEmpty)
        {
            return key.Value.Reveal();
        }

        // A key that names credentials of its own must use them: the variable may be somebody else's.
        var own = key.Bedrock is { } aws && (!aws.AccessKey.IsEmpty || aws.Profile.Length > 0 || aws.RoleArn.Length > 0);
        return own ? null : environment(BearerVariable);
    }
}
