using BifrostLite.Configuration;
using BifrostLite.Providers.Auth.Aws;
using BifrostLite.Schemas;

namespace BifrostLite.Providers;

/// <summary>Addresses that hang on the key: Bedrock's region and inference profiles.</summary>
internal static class ProviderAddresses
{
    private const string ModelSlot = "{model}";

    /// <summary>How a provider of this row finds its address, or null where it is the same for every key.</summary>
    /// <param name="row">Catalogue row.</param>
    /// <param name="configured">network_config.base_url, which replaces the host but not the path.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static Func<KeyConfig, ProviderRoute, RouteAddress>? For(CatalogRow row, Uri? configured, Func<string, string?> environment) => row.Auth switch
    {
        AuthKind.Aws => (key, route) => new RouteAddress(
            configured ?? new Uri(row.BaseUrl.Replace("{region}", AwsRegion.Of(key, environment), StringComparison.Ordinal), UriKind.Absolute),
            WithProfile(key, route)),
        _ => null,
    };

    /// <summary>Bifrost's "arn": a prefix that turns a model id into an inference profile's ARN.</summary>
    private static ProviderRoute WithProfile(KeyConfig key, ProviderRoute route) => key.Bedrock is { Arn.Length: > 0 } aws
        ? route with
        {
            Path = Prefixed(route.Path, aws.Arn),
            StreamPath = route.StreamPath is null ? null : Prefixed(route.StreamPath, aws.Arn),
        }
        : route;

    private static string Prefixed(string path, string arn) =>
        path.Replace(ModelSlot, Uri.EscapeDataString(arn.TrimEnd('/') + "/") + ModelSlot, StringComparison.Ordinal);
}
