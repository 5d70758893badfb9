using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline.Routing;

/// <summary>Chooses among a provider's keys: weighted at random among those that may serve the model (contract of key weights).</summary>
internal static class KeyRing
{
    /// <summary>For providers that need no credential.</summary>
    private static readonly KeyConfig Keyless = new() { Name = "none" };

    /// <summary>A key that may serve the model and that the caller may use, or null.</summary>
    /// <param name="provider">Whose key.</param>
    /// <param name="model">The model as it was asked for.</param>
    /// <param name="caller">Whose request it is; null for nobody's.</param>
    /// <param name="lane">What is remembered of the keys: one that rests comes last.</param>
    /// <param name="trials">What this request has already learned about the provider's keys; null where nothing yet.</param>
    public static KeyConfig? Choose(Provider provider, string model, VirtualKey? caller, Lane lane, KeyTrials? trials)
    {
        if (provider.Keys.Count == 0)
        {
            return Keyless;
        }

        if (provider.Keys.Count == 1)
        {
            return MayServe(provider, provider.Keys[0], model, caller) && trials?.IsDead(provider.Keys[0]) != true ? provider.Keys[0] : null;
        }

        return Draw(provider, model, caller, lane, trials) ?? Draw(provider, model, caller, null, trials);
    }

    /// <summary>The provider's own name of a model: the key's alias or Azure deployment, else the name as it is.</summary>
    public static string ProviderModel(KeyConfig key, string model) =>
        key.Aliases.TryGetValue(model, out var alias) ? alias
        : key.Azure is { } azure && azure.Deployments.TryGetValue(model, out var deployment) ? deployment
        : model;

    /// <summary>Whether any key may serve the model.</summary>
    public static bool MayServe(Provider provider, string model) => provider.Keys.Count == 0 || provider.Keys.Any(key => MayServe(key, model));

    /// <summary>Whether a key may serve a model, and for this caller.</summary>
    public static bool MayServe(Provider provider, KeyConfig key, string model, VirtualKey? caller) =>
        MayServe(key, model) && caller?.MayUse(provider.Name, model, key) != false;

    public static bool MayServe(KeyConfig key, string model) => ListedModels.Hold(key.Models, model) && !ListedModels.Hold(key.BlacklistedModels, model);

    /// <param name="provider">Whose key.</param>
    /// <param name="model">For which model.</param>
    /// <param name="caller">Whose request it is.</param>
    /// <param name="rested">Leaves out keys that rest or were rate limited; null for any that is not dead.</param>
    /// <param name="trials">This request's.</param>
    private static KeyConfig? Draw(Provider provider, string model, VirtualKey? caller, Lane? rested, KeyTrials? trials)
    {
        var total = 0.0;
        foreach (var key in provider.Keys)
        {
            total += MayServe(provider, key, model, caller) && IsEligible(key, model, rested, trials) ? key.Weight : 0;
        }

        var drawn = Random.Shared.NextDouble() * total;
        KeyConfig? last = null;
        foreach (var key in provider.Keys)
        {
            if (MayServe(provider, key, model, caller) && IsEligible(key, model, rested, trials))
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

    private static bool IsEligible(KeyConfig key, string model, Lane? rested, KeyTrials? trials) =>
        (trials is null || !(trials.IsDead(key) || (rested is not null && trials.IsLimited(key))))
        && rested?.Rests(key, model) != true;
}
