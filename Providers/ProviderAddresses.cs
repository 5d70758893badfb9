using BifrostLite.Configuration;
using BifrostLite.Providers.Auth.Aws;
using BifrostLite.Schemas;

namespace BifrostLite.Providers;

/// <summary>Addresses that hang on the key: Bedrock's region and inference profiles, Azure's resource, Vertex AI's project, the server of a vLLM key.</summary>
internal static class ProviderAddresses
{
    private const string ModelSlot = "{model}";

    /// <summary>How a provider of this row finds its address, or null where it is the same for every key.</summary>
    /// <param name="row">Catalogue row.</param>
    /// <param name="keys">The provider's keys.</param>
    /// <param name="configured">network_config.base_url, which replaces the host but not the path.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static Func<KeyConfig, ProviderRoute, RouteAddress>? For(
        CatalogRow row, IReadOnlyList<KeyConfig> keys, Uri? configured, Func<string, string?> environment) => row.Auth switch
    {
        AuthKind.Azure => (key, route) => new RouteAddress(configured ?? Absolute(key.Azure?.Endpoint), OfVersion(key.Azure?.ApiVersion ?? "", route)),
        AuthKind.Vertex => (key, route) => OfProject(row, configured, key.Vertex ?? new VertexKeyConfig(), environment, route),
        AuthKind.Aws or AuthKind.AwsMantle => (key, route) => new RouteAddress(
            configured ?? new Uri(row.BaseUrl.Replace("{region}", AwsRegion.Of(key, environment), StringComparison.Ordinal), UriKind.Absolute),
            WithProfile(key, route)),
        _ when configured is null && keys.Any(static key => key.ServerUrl is not null) =>
            (key, route) => new RouteAddress(key.ServerUrl ?? Absolute(row.BaseUrl), route),
        _ => null,
    };

    private static Uri? Absolute(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri : null;

    /// <summary>
    /// Azure's paths by api_version (https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle): none or "v1"
    /// is the version-less API, "preview" and "latest" the same with that word, a date the deployments' own paths. Responses
    /// exist only without a date.
    /// </summary>
    private static ProviderRoute OfVersion(string version, ProviderRoute route)
    {
        if (version is "" or "v1")
        {
            return route;
        }

        if (version is "preview" or "latest")
        {
            return route with { Path = $"{route.Path}?api-version={version}" };
        }

        var path = route.Operation switch
        {
            Operation.ListModels => "/openai/models",
            Operation.Embeddings => "/openai/deployments/{model}/embeddings",
            Operation.Generate when route.Dialect == DialectNames.Chat => "/openai/deployments/{model}/chat/completions",
            _ => null,
        };
        return path is null ? route : route with { Path = $"{path}?api-version={Uri.EscapeDataString(version)}" };
    }

    private static RouteAddress OfProject(CatalogRow row, Uri? configured, VertexKeyConfig vertex, Func<string, string?> environment, ProviderRoute route)
    {
        var project = vertex.ProjectId.Length > 0 ? vertex.ProjectId : environment("GOOGLE_CLOUD_PROJECT") ?? "";
        if (project.Length == 0)
        {
            return new RouteAddress(null, route);
        }

        var region = vertex.Region.Length > 0 ? vertex.Region : "global";
        var host = region == "global" ? "https://aiplatform.googleapis.com" : row.BaseUrl.Replace("{region}", region, StringComparison.Ordinal);
        return new RouteAddress(
            configured ?? new Uri(host, UriKind.Absolute),
            route with { Path = Placed(route.Path), StreamPath = route.StreamPath is null ? null : Placed(route.StreamPath) });

        string Placed(string path) => path
            .Replace("{project}", Uri.EscapeDataString(project), StringComparison.Ordinal)
            .Replace("{region}", Uri.EscapeDataString(region), StringComparison.Ordinal);
    }

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
