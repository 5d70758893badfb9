using BifrostLite.Configuration;

namespace BifrostLite.Providers.Auth;

/// <summary>Credentials written into the key itself.</summary>
internal sealed class StaticAwsCredentials : IAwsCredentialSource
{
    public ValueTask<AwsCredentialResult> GetAsync(KeyConfig key, CancellationToken cancellationToken) => new(Read(key));

    private static AwsCredentialResult Read(KeyConfig key) => key.Bedrock is { AccessKey.IsEmpty: false, SecretKey.IsEmpty: false } aws
        ? new AwsCredentials(aws.AccessKey.Reveal(), aws.SecretKey.Reveal(), aws.SessionToken.Reveal())
        : AwsCredentialResult.Refused($"Key \"{key.Name}\" has no AWS credentials: set bedrock_key_config.access_key and secret_key, or a value (API key).");
}
