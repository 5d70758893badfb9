using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>Where the credentials of a Bedrock key come from.</summary>
internal interface IAwsCredentialSource
{
    /// <summary>Credentials valid now, or why there are none.</summary>
    ValueTask<AwsCredentialResult> GetAsync(KeyConfig key, CancellationToken cancellationToken);
}

/// <summary>Exactly one of the two is set.</summary>
internal readonly record struct AwsCredentialResult(AwsCredentials? Credentials, GatewayError? Error)
{
    public static AwsCredentialResult Of(AwsCredentials credentials) => new(credentials, null);

    public static AwsCredentialResult Refused(string message) =>
        new(null, new GatewayError(401, ErrorKind.Authentication, message) { Type = "aws_credentials_unavailable" });
}
