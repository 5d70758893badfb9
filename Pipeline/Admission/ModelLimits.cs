using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;

namespace BifrostLite.Pipeline.Admission;

/// <summary>
/// Limits that hang on what is asked for and not on who asks: governance.providers and governance.model_configs
/// (docs.getbifrost.ai/deployment-guides/config-json/governance, "Model Limits"). Immutable.
/// </summary>
internal sealed class ModelLimits(IReadOnlyList<ModelLimit> all)
{
    public bool IsEmpty => all.Count == 0;

    /// <summary>Adds the counters that hold for a provider's model.</summary>
    /// <param name="provider">The provider; empty where none is decided on.</param>
    /// <param name="asked">The model as it is asked for.</param>
    /// <param name="model">The provider's name of it.</param>
    /// <param name="caller">The caller's virtual key.</param>
    /// <param name="counters">Receives them.</param>
    public void Find(string provider, string asked, string model, VirtualKey? caller, List<LimitCounter> counters)
    {
        foreach (var (config, its) in all)
        {
            if ((config.Provider is null || Is(config.Provider, provider))
                && (config.Model == "*" || Is(config.Model, asked) || Is(config.Model, model))
                && (config.VirtualKeyId is null || config.VirtualKeyId == caller?.Id))
            {
                LimitUse.AddTo(counters, its);
            }
        }
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One of them: for what it holds, and what counts it.</summary>
internal sealed record ModelLimit(ModelLimitsConfig Config, IReadOnlyList<LimitCounter> Counters);
