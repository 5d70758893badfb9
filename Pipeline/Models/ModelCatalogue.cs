using System.Runtime.CompilerServices;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline.Models;

/// <summary>
/// Who sells a model that is asked for by its bare name, where the route's own provider does not: whose keys name it, who
/// lists it, or who has it on the price sheet; the first of the configuration that does. Lists are looked at as they are
/// known and refreshed in the background. They belong to a provider object, so a reload forgets those of changed ones.
/// </summary>
internal sealed class ModelCatalogue(KeptLists kept, TimeProvider clock, ILogger<ModelCatalogue> log)
{
    /// <summary>A request that would be refused otherwise waits so long for providers' lists, once.</summary>
    private static readonly TimeSpan LearningTime = TimeSpan.FromSeconds(3);

    private readonly ConditionalWeakTable<Provider, ProviderModels> _lists = [];

    /// <summary>The models of a provider.</summary>
    public ProviderModels Of(Provider provider) => _lists.GetValue(provider, each => new ProviderModels(each, kept, clock, log));

    public Provider? Find(ProviderSet providers, Pricing pricing, string model) =>
        First(providers, provider => NamesItself(provider, model))
        ?? First(providers, provider => KeyRing.MayServe(provider, model) && Of(provider).Lists(model))
        ?? First(providers, provider => KeyRing.MayServe(provider, model) && pricing.Find(provider.Name, provider.Wire, model) is not null);

    /// <summary>Has the lists fetched that were never fetched before.</summary>
    public async ValueTask LearnAsync(ProviderSet providers, CancellationToken cancellationToken)
    {
        var unknown = providers.All.Select(Of).Where(models => models.IsUnknown).Select(models => models.GetAsync(cancellationToken)).ToList();
        try
        {
            await Task.WhenAll(unknown).WaitAsync(LearningTime, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The slow ones go on; what the others said counts.
        }
    }

    /// <summary>A key that lists the model, or has another name for it; "*" is no statement about this one.</summary>
    private static bool NamesItself(Provider provider, string model)
    {
        foreach (var key in provider.Keys)
        {
            var isNamed = key.Aliases.ContainsKey(model) || key.Azure?.Deployments.ContainsKey(model) == true
                || key.Models.Any(listed => string.Equals(listed, model, StringComparison.OrdinalIgnoreCase));
            if (isNamed && KeyRing.MayServe(key, model))
            {
                return true;
            }
        }

        return false;
    }

    private static Provider? First(ProviderSet providers, Func<Provider, bool> sells)
    {
        foreach (var provider in providers.All)
        {
            if (sells(provider))
            {
                return provider;
            }
        }

        return null;
    }
}
