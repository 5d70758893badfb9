namespace BifrostLite.Pipeline.Admission;

/// <summary>
/// Whom a virtual key sends a request to that names no provider: one drawn by the weights of those that may serve the model, then
/// the others, heaviest first, as its fallbacks (Bifrost's governance routing, docs/providers/provider-routing).
/// </summary>
internal static class GrantDraw
{
    /// <summary>Providers in the order to be tried; none where the key has no say.</summary>
    /// <param name="key">The caller's key.</param>
    /// <param name="model">The model's bare name.</param>
    /// <param name="standard">Who serves bare names on this route.</param>
    /// <param name="chance">From 0 up to 1.</param>
    public static List<string> Order(VirtualKey key, string model, string standard, double chance)
    {
        // "*" says what is allowed, not who has the model: such a provider is only guessed where the route's own may not serve.
        var mayGuess = key.Refusal(standard, model) is not null;
        var able = new List<ProviderGrant>();
        foreach (var grant in key.Grants)
        {
            if (grant is { Weight: > 0 } && key.Refusal(grant.Provider, model) is null && grant.Allows(model)
                && (grant.Names(model) || mayGuess || Is(grant, standard)))
            {
                able.Add(grant);
            }
        }

        var order = new List<string>(able.Count);
        if (able.Count > 0)
        {
            var first = Draw(able, chance);
            order.Add(first.Provider);
            able.Sort(static (a, b) => b.Weight!.Value.CompareTo(a.Weight!.Value));
            foreach (var grant in able)
            {
                if (!order.Contains(grant.Provider))
                {
                    order.Add(grant.Provider);
                }
            }
        }

        return order;
    }

    private static ProviderGrant Draw(List<ProviderGrant> able, double chance)
    {
        var total = 0.0;
        foreach (var grant in able)
        {
            total += grant.Weight!.Value;
        }

        var left = chance * total;
        foreach (var grant in able)
        {
            left -= grant.Weight!.Value;
            if (left < 0)
            {
                return grant;
            }
        }

        return able[^1];
    }

    private static bool Is(ProviderGrant grant, string provider) => string.Equals(grant.Provider, provider, StringComparison.OrdinalIgnoreCase);
}
