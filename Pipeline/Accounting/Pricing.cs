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
        var sheet = Sheet;
        if (candidate.Memo.Priced is not { } priced || !ReferenceEquals(priced.Sheet, sheet))
        {
            candidate.Memo.Priced = priced = new PricedModel(sheet, OnSheet(sheet, candidate));
        }

        var price = priced.Price;
        return _overrides is null ? price : _overrides.Apply(price, new PriceScope(candidate, operation, virtualKey));
    }

    /// <summary>A deployment's name says nothing; the alias it is asked for by usually is the model's.</summary>
    private static ModelPrice? OnSheet(PriceSheet sheet, Candidate candidate)
    {
        var provider = candidate.Provider;
        if (candidate.Key.ModelNames?.TryGetValue(candidate.Asked, out var canonical) == true && sheet.Find(provider.Name, provider.Wire, canonical) is { } named)
        {
            return named;
        }

        var price = sheet.Find(provider.Name, provider.Wire, candidate.Model);
        return price is null && candidate.Asked != candidate.Model ? sheet.Find(provider.Name, provider.Wire, candidate.Asked) : price;
    }

    /// <summary>The same without a caller, for lists.</summary>
    public ModelPrice? Find(string provider, string wire, string model) => Sheet.Find(provider, wire, model);
}

/// <summary>Where an override may or may not hold.</summary>
internal readonly record struct PriceScope(Candidate Candidate, Operation Operation, string VirtualKey);
