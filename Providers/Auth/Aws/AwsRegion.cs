using BifrostLite.Configuration;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>The region a key is for: its own, else the environment's, else the first one Bedrock was offered in.</summary>
internal static class AwsRegion
{
    private const string Default = "us-east-1";

    public static string Of(KeyConfig key, Func<string, string?> environment)
    {
        if (key.Bedrock is { Region.Length: > 0 } configured)
        {
            return configured.Region;
        }

        return Of(environment);
    }

    public static string Of(Func<string, string?> environment)
    {
        return environment("AWS_REGION") is { Length: > 0 } region ? region
            : environment("AWS_DEFAULT_REGION") is { Length: > 0 } fallback ? fallback
            : Default;
    }
}
