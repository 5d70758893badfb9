using BifrostLite.Configuration;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline;

/// <summary>Configuration and the providers built from it, swapped as one.</summary>
internal sealed record Snapshot(GatewayConfig Config, ProviderSet Providers);

/// <summary>Holds the snapshot that new requests see.</summary>
internal sealed class SnapshotSource(Snapshot first)
{
    private volatile Snapshot _current = first;

    public Snapshot Current
    {
        get => _current;
        set => _current = value;
    }
}
