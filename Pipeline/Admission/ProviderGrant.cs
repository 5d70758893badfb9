using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;

namespace BifrostLite.Pipeline.Admission;

/// <summary>What a virtual key may ask of one provider.</summary>
internal sealed class ProviderGrant(ProviderGrantConfig config, IReadOnlyList<LimitCounter> limits)
{
    public string Provider => config.Provider;

    /// <summary>Share of the requests that name no provider; null: none of them.</summary>
    public double? Weight => config.Weight;

    /// <summary>What may be used of this provider with the key.</summary>
    public IReadOnlyList<LimitCounter> Limits => limits;

    public bool Blocks(string model) => ModelList.Holds(config.BlacklistedModels, Provider, model);

    public bool Allows(string model) => ModelList.Holds(config.AllowedModels, Provider, model);

    /// <summary>Whether the list names the model itself, and not only "all".</summary>
    public bool Names(string model) => !config.AllowedModels.Contains("*") && Allows(model);

    /// <summary>Whether the provider's key may be used, which the list may name by its id or its name.</summary>
    public bool MayUse(KeyConfig key)
    {
        foreach (var id in config.KeyIds)
        {
            if (id == "*" || id == key.Id || id == key.Name)
            {
                return true;
            }
        }

        return false;
    }
}
