using BifrostLite.Configuration;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Models;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline;

/// <summary>Configuration and what is built from it, swapped as one.</summary>
internal sealed record Snapshot(GatewayConfig Config, ProviderSet Providers, Pricing Pricing, Lanes Lanes, SessionKeys Sessions, ModelCatalogue Catalogue)
{
    /// <summary>Callers' headers that the configuration lists may go on.</summary>
    public bool ForwardsListed { get; } = Config.Client.HeaderFilter.Allowed.Count > 0;

    /// <summary>What names of models came to under this configuration.</summary>
    public KnownModels Known { get; } = new();
}

/// <summary>Holds the snapshot that new requests see; a reload makes a new one, running requests keep theirs.</summary>
internal sealed class SnapshotSource
{
    private volatile Snapshot _current;

    public SnapshotSource(ConfigSource source, HttpPools pools, ProviderFactory factory, PriceSheets sheets, Lanes lanes, SessionKeys sessions, ModelCatalogue catalogue)
    {
        _current = Create(source.Current);
        source.Changed += config => _current = Create(config);

        Snapshot Create(GatewayConfig config)
        {
            var providers = ProviderSet.Create(config, pools, factory);
            lanes.Configure(providers);
            return new Snapshot(config, providers, new Pricing(sheets, config.PriceOverrides), lanes, sessions, catalogue);
        }
    }

    public Snapshot Current => _current;
}
