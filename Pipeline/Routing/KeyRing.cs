using BifrostLite.Configuration;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline.Routing;

/// <summary>Chooses among a provider's keys: weighted at random among those that may serve the model (contract of key weights).</summary>
internal static class KeyRing
{
    /// <summary>For providers that need no credential.</summary>
    private static readonly KeyConfig Keyless = new() { Name = "none" };

    /// <summary>A key, or null where none may serve the model.</summary>
    public static KeyConfig? Choose(Provider provider, string model)
    {
        if (provider.Keys.Count == 0)
        {
            return Keyless;
        }

        if (provider.Keys.Count == 1)
        {
            return MayServe(provider.Keys[0], model) ? provider.Keys[0] : null;
        }

        var total = 0.0;
        foreach (var key in provider.Keys)
        {
            total += MayServe(key, model) ? key.Weight : 0;
        }

        var drawn = Random.Shared.NextDouble() * total;
        KeyConfig? last = null;
        foreach (var key in provider.Keys)
        {
            if (MayServe(key, model))
            {
                last = key;
                drawn -= key.Weight;
                if (drawn < 0)
                {
                    return key;
                }
            }
        }

        return last;
    }

    /// <summary>The provider's own name of a model: the key's alias or Azure deployment, else the name as it is.</summary>
    public static string ProviderModel(KeyConfig key, string model) =>
        key.Aliases.TryGetValue(model, out var alias) ? alias
        : key.Azure is { } azure && azure.Deployments.TryGetValue(model, out var deployment) ? deployment
        : model;

    /// <summary>Whether any key may serve the model.</summary>
    public static bool MayServe(Provider provider, string model) => provider.Keys.Count == 0 || provider.Keys.Any(key => MayServe(key, model));

    private static bool MayServe(KeyConfig key, string model) => Holds(key.Models, model) && !Holds(key.BlacklistedModels, model);

    private static bool Holds(IReadOnlyList<string> models, string model)
    {
        foreach (var allowed in models)
        {
            if (allowed == "*" || string.Equals(allowed, model, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
