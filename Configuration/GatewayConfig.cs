namespace BifrostLite.Configuration;

/// <summary>
/// One validated snapshot of config.json with every "env.NAME" resolved. Immutable; a request sees one snapshot from
/// beginning to end, a reload swaps the whole.
/// </summary>
internal sealed record GatewayConfig
{
    public IReadOnlyDictionary<string, ProviderConfig> Providers { get; init; } = new Dictionary<string, ProviderConfig>();

    public ClientConfig Client { get; init; } = new();

    /// <summary>Most bytes of a request's headers; read at start only.</summary>
    public int MostHeaderBytes { get; init; } = 65_536;

    /// <summary>Seals what is kept in the stores; empty for not.</summary>
    public Secret EncryptionKey { get; init; } = new("");

    /// <summary>config_store; null where the file does not have it.</summary>
    public StoreConfig? ConfigStore { get; init; }

    /// <summary>Other instances may use the same config_store.</summary>
    public bool IsStateShared => ConfigStore is { IsEnabled: true, Postgres: not null };

    /// <summary>logs_store; null where the file does not have it.</summary>
    public StoreConfig? LogsStore { get; init; }

    /// <summary>The answer cache; null where it is off.</summary>
    public CacheConfig? Cache { get; init; }

    public GovernanceConfig Governance { get; init; } = new();

    public PricingConfig Pricing { get; init; } = new();

    public IReadOnlyList<PriceOverrideConfig> PriceOverrides { get; init; } = [];

    /// <summary>The file this was read from; null where there was none.</summary>
    public string? Source { get; init; }

    /// <summary>Whether the providers come from environment variables and not from the file.</summary>
    public bool AreProvidersDiscovered { get; init; }

    /// <summary>Serves models that name no provider and belong to none; null for nobody. Set to the demo where no key was found.</summary>
    public string? DefaultProvider { get; init; }

    /// <summary>What stands in the file without effect, one sentence each: shown at start so that nothing is ignored in silence.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
