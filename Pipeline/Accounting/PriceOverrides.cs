using BifrostLite.Configuration;
using BifrostLite.Schemas;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>
/// governance.pricing_overrides: the strongest one that holds lays its figures over the sheet's (Bifrost's
/// docs/providers/custom-pricing). Narrower scopes win; in one scope an exact name, then the longest prefix.
/// </summary>
internal sealed class PriceOverrides
{
    private readonly (PriceOverrideConfig Rule, int Strength, List<PriceLine> Lines)[] _rules;

    public PriceOverrides(IReadOnlyList<PriceOverrideConfig> overrides)
    {
        _rules = new (PriceOverrideConfig, int, List<PriceLine>)[overrides.Count];
        for (var i = 0; i < _rules.Length; i++)
        {
            var lines = new List<PriceLine>();
            foreach (var (name, dollars) in overrides[i].Prices)
            {
                if (PriceNames.TryRead(name, dollars, out var line))
                {
                    lines.Add(line);
                }
            }

            _rules[i] = (overrides[i], Strength(overrides[i]), lines);
        }
    }

    public ModelPrice? Apply(ModelPrice? price, in PriceScope scope)
    {
        var best = -1;
        for (var i = 0; i < _rules.Length; i++)
        {
            if (Holds(_rules[i].Rule, scope) && (best < 0 || _rules[i].Strength > _rules[best].Strength))
            {
                best = i;
            }
        }

        if (best < 0)
        {
            return price;
        }

        // A model the sheet does not know gets its whole price from the override.
        return (price ?? new ModelPrice(scope.Candidate.Provider.Name, scope.Candidate.Model, [])).With(_rules[best].Lines);
    }

    /// <summary>Scope first, then how exactly the model is named.</summary>
    private static int Strength(PriceOverrideConfig rule)
    {
        var scope = rule.ScopeKind switch
        {
            "virtual_key_provider_key" => 8,
            "virtual_key_provider" => 7,
            "virtual_key" => 6,
            "user_provider_key" => 5,
            "user_provider" => 4,
            "user" => 3,
            "provider_key" => 2,
            "provider" => 1,
            _ => 0,
        };
        return (scope * 10_000) + (rule.IsWildcard ? Math.Min(rule.Pattern.Length, 4_999) : 5_000);
    }

    private static bool Holds(PriceOverrideConfig rule, in PriceScope scope) =>
        HoldsFor(rule.VirtualKeyId, scope.VirtualKey, rule.ScopeKind.StartsWith("virtual_key", StringComparison.Ordinal))
        && HoldsFor(rule.ProviderId, scope.Candidate.Provider.Name, rule.ScopeKind is "provider" or "virtual_key_provider")
        && HoldsForKey(rule, scope)
        // There are no users here: rules for them hold for nobody.
        && !rule.ScopeKind.StartsWith("user", StringComparison.Ordinal)
        && (HoldsForModel(rule, scope.Candidate.Model) || HoldsForModel(rule, scope.Candidate.Asked))
        && HoldsFor(rule.RequestTypes, scope.Operation);

    private static bool HoldsForKey(PriceOverrideConfig rule, in PriceScope scope)
    {
        if (!rule.ScopeKind.EndsWith("provider_key", StringComparison.Ordinal))
        {
            return true;
        }

        var key = scope.Candidate.Key;
        return (rule.ProviderKeyId.Length > 0 && rule.ProviderKeyId == key.Id) || (rule.ProviderKeyName.Length > 0 && rule.ProviderKeyName == key.Name);
    }

    private static bool HoldsFor(string wanted, string actual, bool isAsked) =>
        !isAsked || (wanted.Length > 0 && string.Equals(wanted, actual, StringComparison.OrdinalIgnoreCase));

    private static bool HoldsForModel(PriceOverrideConfig rule, string model) => rule.IsWildcard
        ? model.StartsWith(rule.Pattern.TrimEnd('*'), StringComparison.OrdinalIgnoreCase)
        : string.Equals(model, rule.Pattern, StringComparison.OrdinalIgnoreCase);

    /// <summary>A price is asked for by operation: chat and Responses are one at a provider, and so are whole answers and streams.</summary>
    private static bool HoldsFor(IReadOnlyList<string> types, Operation operation)
    {
        foreach (var type in types)
        {
            var fits = operation switch
            {
                Operation.Embeddings => type.StartsWith("embedding", StringComparison.Ordinal),
                _ => type.StartsWith("chat_completion", StringComparison.Ordinal) || type.StartsWith("responses", StringComparison.Ordinal)
                    || type.StartsWith("text_completion", StringComparison.Ordinal),
            };
            if (fits || type is "*")
            {
                return true;
            }
        }

        return false;
    }
}
