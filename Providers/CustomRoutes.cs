using BifrostLite.Configuration;
using BifrostLite.Schemas;

namespace BifrostLite.Providers;

/// <summary>
/// The routes of a custom provider: its base type's, less what allowed_requests leaves out, at the paths that
/// request_path_overrides gives. Both name request types as Bifrost does ("chat_completion", "responses_stream", …).
/// </summary>
internal static class CustomRoutes
{
    public static IReadOnlyList<ProviderRoute> Of(CatalogRow row, CustomProviderConfig custom)
    {
        var routes = new List<ProviderRoute>();
        foreach (var route in row.Routes)
        {
            var types = RequestTypes(route);
            if (custom.AllowedRequests is null || Array.Exists(types, custom.AllowedRequests.Contains))
            {
                routes.Add(Overridden(route, types, custom.RequestPathOverrides));
            }
        }

        return routes;
    }

    /// <summary>The request types a route serves: the whole one first, the streamed one at its side.</summary>
    private static string[] RequestTypes(ProviderRoute route) => route.Operation switch
    {
        Operation.Embeddings => ["embedding"],
        Operation.ListModels => ["list_models"],
        Operation.CountTokens => ["count_tokens"],
        Operation.Compact => ["responses"],
        Operation.Generate when route.Dialect == DialectNames.Chat => ["chat_completion", "chat_completion_stream"],
        Operation.Generate when route.Dialect == DialectNames.Responses => ["responses", "responses_stream"],

        // These dialects serve both of Bifrost's request types over one path.
        _ => ["chat_completion", "chat_completion_stream", "responses", "responses_stream"],
    };

    private static ProviderRoute Overridden(ProviderRoute route, string[] types, IReadOnlyDictionary<string, string> paths)
    {
        var path = route.Path;
        var streamPath = route.StreamPath;
        foreach (var type in types)
        {
            if (!paths.TryGetValue(type, out var given))
            {
                continue;
            }

            var full = given.Contains("://", StringComparison.Ordinal) || given.StartsWith('/') ? given : "/" + given;
            if (type.EndsWith("_stream", StringComparison.Ordinal))
            {
                streamPath = full;
            }
            else
            {
                path = full;
            }
        }

        return path == route.Path && streamPath == route.StreamPath ? route : route with { Path = path, StreamPath = streamPath };
    }
}
