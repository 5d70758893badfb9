using BifrostLite.Pipeline.Admission;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Models;

/// <summary>
/// Every model the gateway can be asked for, named provider/model: each provider's own list and what its keys name. Lists
/// belong to a provider object, so a reload forgets those of providers that changed.
/// </summary>
internal sealed class ModelDirectory(SnapshotSource snapshots, Gatekeeper gatekeeper, ModelCatalogue catalogue)
{
    /// <summary>Who asks for models must be somebody who may call them.</summary>
    public GatewayError? Admit(HttpContext http, out VirtualKey? caller) => gatekeeper.Admit(http, snapshots.Current.Config.Client, out caller);

    /// <summary>
    /// The models of one provider or, where none is named, of all, as far as the caller may ask for them; null where that provider
    /// is not configured.
    /// </summary>
    public async Task<IReadOnlyList<ModelInfo>?> ListAsync(string provider, VirtualKey? caller, CancellationToken cancellationToken)
    {
        var providers = snapshots.Current.Providers;
        if (provider.Length > 0)
        {
            return providers.TryFind(provider, out var one) ? [.. (await ListOf(one, cancellationToken)).Where(model => IsFor(caller, model))] : null;
        }

        var permitted = providers.All.Where(each => caller?.Permits(each.Name) != false);
        var lists = await Task.WhenAll(permitted.Select(each => ListOf(each, cancellationToken)));
        return [.. lists.SelectMany(list => list).Where(model => IsFor(caller, model))];
    }

    /// <summary>
    /// The model of a name that is written as in requests: provider/model, or bare for the route's default provider. Null where there is
    /// none or it is not for the caller.
    /// </summary>
    public async Task<ModelInfo?> FindAsync(string name, string defaultProvider, VirtualKey? caller, CancellationToken cancellationToken)
    {
        var providers = snapshots.Current.Providers;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !providers.TryFind(name.AsSpan(0, slash), out var provider))
        {
            provider = providers.TryFind(defaultProvider, out var standard) ? standard : providers.StandIn;
            name = provider?.Name + "/" + name;
        }

        var models = provider is null ? [] : await ListOf(provider, cancellationToken);
        return models.FirstOrDefault(model => string.Equals(model.Id, name, StringComparison.OrdinalIgnoreCase) && IsFor(caller, model));
    }

    /// <summary>Ids are provider/model here.</summary>
    private static bool IsFor(VirtualKey? caller, ModelInfo model)
    {
        var slash = model.Id.IndexOf('/', StringComparison.Ordinal);
        return caller is null || caller.Refusal(model.Id[..slash], model.Id[(slash + 1)..]) is null;
    }

    /// <summary>What a provider offers, with what the price sheet knows of it.</summary>
    private async Task<IReadOnlyList<ModelInfo>> ListOf(Provider provider, CancellationToken cancellationToken)
    {
        var pricing = snapshots.Current.Pricing;
        var models = await catalogue.Of(provider).GetAsync(cancellationToken);
        return [.. models.Select(model => ModelSheet.Complete(model, provider, model.Id[(provider.Name.Length + 1)..], pricing))];
    }
}
