using System.Collections.Concurrent;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline.Routing;

/// <summary>The lane of every provider, by name: a reload keeps what was learned.</summary>
internal sealed class Lanes(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Lane> _byName = new(StringComparer.Ordinal);

    /// <summary>The lane of a provider, with the limits its configuration gives.</summary>
    public Lane Of(Provider provider)
    {
        if (_byName.TryGetValue(provider.Name, out var lane))
        {
            return lane;
        }

        return _byName.GetOrAdd(provider.Name, static (_, clock) => new Lane(clock), clock);
    }

    /// <summary>Takes over the limits of a new configuration.</summary>
    public void Configure(ProviderSet providers)
    {
        foreach (var provider in providers.All)
        {
            Of(provider).Configure(provider.Limits);
        }
    }
}
