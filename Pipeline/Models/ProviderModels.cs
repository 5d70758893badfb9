using BifrostLite.Configuration;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Models;

/// <summary>
/// One provider's models as the gateway offers them. The provider's list is fetched when somebody asks and kept for five
/// minutes; while it cannot be had, the last good one counts, at a start the one of the last run.
/// </summary>
internal sealed partial class ProviderModels(Provider provider, KeptLists kept, TimeProvider clock, ILogger log)
{
    /// <summary>New models come a few times a month; five minutes spare the provider and still show them soon.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>A provider that is down must not make every list wait for it.</summary>
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private volatile IReadOnlyList<ModelInfo> _fetched = ReadKept(provider, kept);
    private DateTimeOffset _goodUntil = DateTimeOffset.MinValue;
    private Task _fetch = Task.CompletedTask;

    public async Task<IReadOnlyList<ModelInfo>> GetAsync(CancellationToken cancellationToken)
    {
        if (FirstRoute() is { } route)
        {
            await Begun(route).WaitAsync(cancellationToken);
        }

        return Offered();
    }

    /// <summary>Nobody has asked the provider yet, and it can be asked.</summary>
    public bool IsUnknown
    {
        get
        {
            lock (_lock)
            {
                return _goodUntil == DateTimeOffset.MinValue && FirstRoute() is not null;
            }
        }
    }

    /// <summary>Fetches anew what is known and stale.</summary>
    public void Refresh()
    {
        if (_fetched.Count > 0 && FirstRoute() is { } route)
        {
            _ = Begun(route);
        }
    }

    /// <summary>Whether the provider's own list, as far as it is known, holds a model. A stale one is fetched anew meanwhile.</summary>
    public bool Lists(string model)
    {
        if (FirstRoute() is { } route)
        {
            _ = Begun(route);
        }

        foreach (var each in _fetched)
        {
            if (string.Equals(each.Id, model, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One fetch for all who ask meanwhile; that the first of them hangs up must not cost the others theirs.</summary>
    private Task Begun(ProviderRoute route)
    {
        lock (_lock)
        {
            if (_fetch.IsCompleted && clock.GetUtcNow() >= _goodUntil)
            {
                _fetch = FetchAsync(route);
            }

            return _fetch;
        }
    }

    private ProviderRoute? FirstRoute() => RouteOf(provider);

    private static IReadOnlyList<ModelInfo> ReadKept(Provider provider, KeptLists kept) =>
        RouteOf(provider) is { } route && kept.Read(provider) is { } list ? ModelFetch.Parse(list, Dialects.Get(route.Dialect)) ?? [] : [];

    private static ProviderRoute? RouteOf(Provider provider)
    {
        foreach (var route in provider.Routes)
        {
            if (route.Operation == Operation.ListModels && Dialects.Find(route.Dialect) is IModelLists)
            {
                return route;
            }
        }

        return null;
    }

    private async Task FetchAsync(ProviderRoute route)
    {
        var result = await ModelFetch.RunAsync(provider, route, clock);
        if (result.Models is null)
        {
            Failed(log, provider.Name, result.Reason, _fetched.Count);
        }

        _fetched = result.Models ?? _fetched;
        if (result.List is { } list)
        {
            kept.Keep(provider, list);
        }

        lock (_lock)
        {
            _goodUntil = clock.GetUtcNow() + (result.Models is null ? RetryAfterFailure : Fresh);
        }
    }

    /// <summary>What was fetched and a key may serve, then what keys name themselves: models, aliases, deployments.</summary>
    private List<ModelInfo> Offered()
    {
        var offered = new List<ModelInfo>(_fetched.Count);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in _fetched)
        {
            if (KeyRing.MayServe(provider, model.Id) && seen.Add(model.Id))
            {
                offered.Add(model with { Id = Named(model.Id), OwnedBy = model.OwnedBy.Length > 0 ? model.OwnedBy : provider.Name });
            }
        }

        foreach (var name in provider.Keys.SelectMany(NamedBy))
        {
            if (KeyRing.MayServe(provider, name) && seen.Add(name))
            {
                offered.Add(new ModelInfo(Named(name)) { OwnedBy = provider.Name });
            }
        }

        return offered;
    }

    private string Named(string model) => $"{provider.Name}/{model}";

    private static IEnumerable<string> NamedBy(KeyConfig key) =>
        key.Models.Where(static model => model != "*").Concat(key.Aliases.Keys).Concat(key.Azure?.Deployments.Keys ?? []);

    [LoggerMessage(40, LogLevel.Warning, "provider {Provider} gave no list of models: {Reason} ({Kept} kept from before)")]
    private static partial void Failed(ILogger log, string provider, string reason, int kept);
}
