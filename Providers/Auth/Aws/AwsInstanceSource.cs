namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// Credentials of an EC2 instance's role from its metadata service, version 2 (a session token first).
/// See https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html.
/// </summary>
internal static class AwsInstanceSource
{
    private const string DefaultEndpoint = "http://169.254.169.254";
    private const string CredentialPath = "/latest/meta-data/iam/security-credentials/";

    /// <summary>What AWS's SDKs wait: off EC2 nobody answers, and a user's request waits with us.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Null where there is no such service, or it is turned off, or the instance has no role.</summary>
    public static async ValueTask<AwsCredentialResult?> GetAsync(AwsSurroundings surroundings, CancellationToken cancellationToken)
    {
        if (string.Equals(surroundings.Variable("AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var endpoint = (surroundings.Variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? DefaultEndpoint).TrimEnd('/');
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out _))
        {
            return AwsCredentialResult.Refused("AWS_EC2_METADATA_SERVICE_ENDPOINT is not an address.");
        }

        var ask = new HttpRequestMessage(HttpMethod.Put, endpoint + "/latest/api/token");
        ask.Headers.TryAddWithoutValidation("X-aws-ec2-metadata-token-ttl-seconds", "21600");
        var (status, session, failure) = await CredentialFetch.SendAsync(surroundings.LocalHttp, ask, Patience, cancellationToken);
        if (failure is not null || status != 200)
        {
            return null;
        }

        var (found, role) = await ReadAsync(surroundings, endpoint + CredentialPath, session, cancellationToken);
        if (found != 200 || role.Trim() is not { Length: > 0 } name)
        {
            return null;
        }

        var (got, text) = await ReadAsync(surroundings, endpoint + CredentialPath + Uri.EscapeDataString(name), session, cancellationToken);
        return got == 200 && AwsCredentialJson.Read(text) is { } credentials
            ? AwsCredentialResult.Of(credentials)
            : AwsCredentialResult.Refused($"The instance's metadata service gave no credentials for its role \"{name}\" ({got}).");
    }

    private static async Task<(int Status, string Text)> ReadAsync(AwsSurroundings surroundings, string address, string session, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("X-aws-ec2-metadata-token", session);
        var (status, text, _) = await CredentialFetch.SendAsync(surroundings.LocalHttp, request, cancellationToken);
        return (status, text);
    }
}
