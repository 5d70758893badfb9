using BifrostLite.Configuration;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline;

/// <summary>Configuration and the providers built from it, swapped as one.</summary>
internal sealed record Snapshot(GatewayConfig Config, ProviderSet Providers);

/// <summary>Holds the snapshot that new requests see; a reload makes a new one, running requests keep theirs.</summary>
internal sealed class SnapshotSource
{
    private volatile Snapshot _current;

    public SnapshotSource(ConfigSource source, HttpPools pools, ProviderFactory factory)
    {
        _current = new Snapshot(source.Current, ProviderSet.Create(source.Current, pools, factory));
        source.Changed += config => _current = new Snapshot(config, ProviderSet.Create(config, pools, factory));
    }

    public Snapshot Current => _current;
}
