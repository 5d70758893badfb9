namespace BifrostLite.Providers.Auth.Aws;

/// <summary>What signs a request. Printing it shows no secret.</summary>
internal sealed record AwsCredentials(string AccessKey, string SecretKey, string SessionToken)
{
    /// <summary>When they stop being valid; null for keys that never do.</summary>
    public DateTimeOffset? Expires { get; init; }

    public override string ToString() => $"AwsCredentials {AccessKey}";
}
