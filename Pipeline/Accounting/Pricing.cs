using BifrostLite.Configuration;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>Prices as one configuration sees them: the sheet in force, whichever that is by now, and the configuration's overrides.</summary>
internal sealed class Pricing(PriceSheets sheets, IReadOnlyList<PriceOverrideConfig> overrides)
{
    private readonly PriceOverrides? _overrides = overrides.Count > 0 ? new PriceOverrides(overrides) : null;

    public PriceSheet Sheet => sheets.Current;

    /// <summary>What the candidate's model costs this caller; null where nobody knows. Known before the call, for estimates too.</summary>
    /// <param name="candidate">Who answers, or would.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="virtualKey">The caller's virtual key's id; empty where there is none.</param>
    public ModelPrice? Find(Candidate candidate, Operation operation, string virtualKey = "")
    {
        var provider = candidate.Provider;
        var sheet = Sheet;
        var price = sheet.Find(provider.Name, provider.Wire, candidate.Model);
        if (price is null && candidate.Asked != candidate.Model)
        {
            // A deployment's name says nothing; the alias it is asked for by usually is the model's.
            price = sheet.Find(provider.Name, provider.Wire, candidate.Asked);
        }

        return _overrides is null ? price : _overrides.Apply(price, new PriceScope(candidate, operation, virtualKey));
    }

    /// <summary>The same without a caller, for lists.</summary>
    public ModelPrice? Find(string provider, string wire, string model) => Sheet.Find(provider, wire, model);
}

/// <summary>Where an override may or may not hold.</summary>
internal readonly record struct PriceScope(Candidate Candidate, Operation Operation, string VirtualKey);
