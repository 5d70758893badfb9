using System.Runtime.CompilerServices;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Models;

/// <summary>
/// Every model the gateway can be asked for, named provider/model: each provider's own list and what its keys name. Lists
/// belong to a provider object, so a reload forgets those of providers that changed.
/// </summary>
internal sealed class ModelDirectory(SnapshotSource snapshots, TimeProvider clock, ILogger<ModelDirectory> log)
{
    private readonly ConditionalWeakTable<Provider, ProviderModels> _lists = [];

    /// <summary>The models of one provider or, where none is named, of all; null where that provider is not configured.</summary>
    public async Task<IReadOnlyList<ModelInfo>?> ListAsync(string provider, CancellationToken cancellationToken)
    {
        var providers = snapshots.Current.Providers;
        if (provider.Length > 0)
        {
            return providers.TryFind(provider, out var one) ? await ListOf(one).GetAsync(cancellationToken) : null;
        }

        var lists = await Task.WhenAll(providers.All.Select(each => ListOf(each).GetAsync(cancellationToken)));
        return [.. lists.SelectMany(list => list)];
    }

    /// <summary>The model of a name that is written as in requests: provider/model, or bare for the route's default provider.</summary>
    public async Task<ModelInfo?> FindAsync(string name, string defaultProvider, CancellationToken cancellationToken)
    {
        var providers = snapshots.Current.Providers;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !providers.TryFind(name.AsSpan(0, slash), out var provider))
        {
            provider = providers.TryFind(defaultProvider, out var standard) ? standard : providers.StandIn;
            name = provider?.Name + "/" + name;
        }

        var models = provider is null ? [] : await ListOf(provider).GetAsync(cancellationToken);
        return models.FirstOrDefault(model => string.Equals(model.Id, name, StringComparison.OrdinalIgnoreCase));
    }

    private ProviderModels ListOf(Provider provider) => _lists.GetValue(provider, each => new ProviderModels(each, clock, log));
}
