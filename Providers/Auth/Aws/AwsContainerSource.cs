using System.Net;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// Credentials of a container's role (ECS, EKS Pod Identity), from the address in the environment.
/// See https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html.
/// </summary>
internal static class AwsContainerSource
{
    private const string Relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private const string Full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    /// <summary>The only addresses besides loopback that may be asked without TLS: ECS's, and EKS's for IPv4 and IPv6.</summary>
    private static readonly string[] Trusted = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

    /// <summary>Null where the environment names no such service.</summary>
    public static async ValueTask<AwsCredentialResult?> GetAsync(AwsSurroundings surroundings, CancellationToken cancellationToken)
    {
        var relative = surroundings.Variable(Relative);
        var full = surroundings.Variable(Full);
        var address = !string.IsNullOrEmpty(relative) ? "http://169.254.170.2" + relative : full;
        if (string.IsNullOrEmpty(address))
        {
            return null;
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !MayAsk(uri))
        {
            return AwsCredentialResult.Refused($"{Full} must be an https address, loopback, or the address of ECS or EKS.");
        }

        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        if (Token(surroundings) is { Length: > 0 } token)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        var (status, text, failure) = await CredentialFetch.SendAsync(surroundings.LocalHttp, request, cancellationToken);
        if (failure is null && status == 200 && AwsCredentialJson.Read(text) is { } credentials)
        {
            return AwsCredentialResult.Of(credentials);
        }

        return AwsCredentialResult.Refused($"The container's credential service at {uri.Authority} gave no credentials: {failure ?? $"it answered {status}"}.");
    }

    private static string? Token(AwsSurroundings surroundings) => surroundings.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") is { Length: > 0 } file
        ? surroundings.ReadFile(file)?.Trim()
        : surroundings.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");

    private static bool MayAsk(Uri address)
    {
        if (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback)
        {
            return true;
        }

        return IPAddress.TryParse(address.DnsSafeHost, out var ip)
            && Array.Exists(Trusted, trusted => IPAddress.Parse(trusted).Equals(ip));
    }
}
