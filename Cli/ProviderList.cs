using BifrostLite.Configuration;

namespace BifrostLite.Cli;

/// <summary>Providers in words: names and numbers of keys, never a key.</summary>
internal static class ProviderList
{
    public static string Describe(GatewayConfig config) =>
        config.Providers.Count == 0 ? "no providers" : string.Join(", ", config.Providers.Values.Select(Describe));

    /// <summary>How many credentials a provider has; an entry without one (a local server, the demo) does not count.</summary>
    public static int KeyCount(ProviderConfig provider) =>
        provider.Keys.Count(key => !key.Value.IsEmpty || key.Bedrock is not null || key.Vertex is not null || key.Azure is not null);

    private static string Describe(ProviderConfig provider) => (KeyCount(provider), provider.Network.BaseUrl ?? (provider.Keys is [var only] ? only.ServerUrl : null)) switch
    {
        (0, null) => provider.Name,
        (0, var url) => $"{provider.Name} ({url.GetLeftPart(UriPartial.Authority)})",
        (1, _) => $"{provider.Name} (1 key)",
        (var count, _) => $"{provider.Name} ({count} keys)",
    };
}
