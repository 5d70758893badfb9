namespace BifrostLite.Configuration;

/// <summary>One entry of "governance.pricing_overrides": prices that differ from the sheet, and where they hold.</summary>
internal sealed record PriceOverrideConfig
{
    /// <summary>global, provider, provider_key, virtual_key and so on, narrower ones stronger.</summary>
    public required string ScopeKind { get; init; }

    public string VirtualKeyId { get; init; } = "";

    public string ProviderId { get; init; } = "";

    public string ProviderKeyId { get; init; } = "";

    public string ProviderKeyName { get; init; } = "";

    /// <summary>The pattern is a prefix and "*"; else a model's name.</summary>
    public bool IsWildcard { get; init; }

    public required string Pattern { get; init; }

    public IReadOnlyList<string> RequestTypes { get; init; } = [];

    /// <summary>Price fields by the sheet's names, in US dollars.</summary>
    public IReadOnlyList<KeyValuePair<string, decimal>> Prices { get; init; } = [];
}
