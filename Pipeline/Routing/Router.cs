using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// Turns "provider/model" into somebody to call. The name is split at the first slash only where the left part is a
/// configured provider, so that "meta-llama/Llama-3" survives; a bare name goes to the route's default provider or,
/// where that may not serve it, to who is known to have it.
/// </summary>
internal static class Router
{
    private const string NobodyHasIt = "model_not_found";

    private static readonly GatewayError NoName = GatewayError.Invalid("a model's name must not be empty");

    /// <summary>
    /// The candidates, as far as they are known at once; a model that nobody is known to have is looked for once more when
    /// providers that were never asked have told what they have.
    /// </summary>
    public static ValueTask<GatewayError?> ResolveAsync(Exchange exchange, List<Candidate> candidates)
    {
        var error = Resolve(exchange, candidates);
        return error?.Code == NobodyHasIt ? LearnAndResolveAsync(exchange, candidates) : new(error);
    }

    /// <summary>The request's own model first, then its fallbacks, each resolved; what cannot be resolved is the error.</summary>
    public static GatewayError? Resolve(Exchange exchange, List<Candidate> candidates)
    {
        GatewayError? error = null;
        if ((exchange.Marks & HeaderMarks.Own) != 0)
        {
            error = KeyWishes.Read(exchange.Http.Request.Headers, exchange.Snapshot.Config.Client, out var wishes);
            exchange.KeyWishes = wishes;
        }

        var decision = error is null && exchange.Snapshot.Config.Governance.RoutingRules.Count > 0 && !exchange.Route.IsPassthrough ? ApplyRules(exchange) : null;
        error ??= AddPrimary(exchange, decision?.Name ?? exchange.Model, candidates);
        if (error is not null)
        {
            return error;
        }

        if (decision is null && exchange.Peek!.FallbacksMember.IsEmpty)
        {
            return null;
        }

        var fallbacks = exchange.Peek!.Fallbacks;
        for (var i = 0; i < fallbacks.Count; i++)
        {
            error = fallbacks[i].Length == 0 ? NoName : Add(exchange, fallbacks[i], candidates[0].Provider.Name, candidates);
            if (error is not null)
            {
                return error with { Message = $"fallbacks[{i}]: {error.Message}", Param = $"fallbacks[{i}]" };
            }
        }

        // The caller did not ask for a rule's fallbacks: those it may not have are left out.
        foreach (var fallback in fallbacks.Count == 0 && decision is { } made ? made.Fallbacks : [])
        {
            Add(exchange, fallback, candidates[0].Provider.Name, candidates);
        }

        return null;
    }

    private static async ValueTask<GatewayError?> LearnAndResolveAsync(Exchange exchange, List<Candidate> candidates)
    {
        await exchange.Snapshot.Catalogue.LearnAsync(exchange.Snapshot.Providers, exchange.Aborted);
        candidates.Clear();
        return Resolve(exchange, candidates);
    }

    private static RoutingRules.Decision? ApplyRules(Exchange exchange)
    {
        var (provider, model, _) = Split(exchange, exchange.Model, exchange.Route.DefaultProvider);
        var decision = RoutingRules.Apply(exchange, provider?.Name ?? "", model);
        if (decision is { Target: { } target })
        {
            exchange.KeyWishes ??= KeyWishes.OfRule(target.KeyId, target.KeyName);
        }

        return decision;
    }

    /// <summary>The model as it is named; a bare name goes where the caller's key sends it, if it has a say.</summary>
    private static GatewayError? AddPrimary(Exchange exchange, string name, List<Candidate> candidates)
    {
        var standard = exchange.Route.DefaultProvider;
        if (exchange.VirtualKey is not { Grants.Count: > 0 } caller || exchange.Route.IsPassthrough || IsQualified(exchange.Snapshot.Providers, name))
        {
            return Add(exchange, name, standard, candidates);
        }

        GatewayError? first = null;
        foreach (var provider in GrantDraw.Order(caller, name, standard, Random.Shared.NextDouble()))
        {
            var error = exchange.Snapshot.Providers.TryFind(provider, out _) ? Add(exchange, name, provider, candidates) : null;
            first ??= error;
            if (candidates.Count > 0 && exchange.Peek!.Fallbacks.Count > 0)
            {
                break;
            }
        }

        return candidates.Count > 0 ? null : first ?? Add(exchange, name, standard, candidates);
    }

    private static bool IsQualified(ProviderSet providers, string name) =>
        name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash < name.Length - 1 && providers.TryFind(name.AsSpan(0, slash), out _);

    private static GatewayError? Add(Exchange exchange, string name, string defaultProvider, List<Candidate> candidates)
    {
        var known = exchange.Snapshot.Known.Find(exchange.Route, defaultProvider, name);
        if (known is null && Identify(exchange, name, defaultProvider, out known) is { } unknown)
        {
            return unknown;
        }

        var (provider, model) = (known!.Provider, known.Model);
        if (exchange.VirtualKey?.Refusal(provider.Name, model) is { } refusal)
        {
            return refusal;
        }

        if (known.OnlyKey is { } only && exchange.KeyWishes is null && exchange.VirtualKey is null)
        {
            candidates.Add(CandidateOf(exchange, known, known.OnlyName, (only, KeyHold.Free)));
            return null;
        }

        if (KeySelection.Select(exchange, provider, model, known.Lane, candidates.Count == 0, out var choice) is { } noKey)
        {
            return noKey;
        }

        // An alias must not open what is blocked by its real name.
        var real = KeyRing.ProviderModel(choice.Key, model);
        if (real != model && exchange.VirtualKey?.Blocks(provider.Name, real) == true)
        {
            return Refusals.Model(model);
        }

        candidates.Add(CandidateOf(exchange, known, real, choice));
        return null;
    }

    private static Candidate CandidateOf(Exchange exchange, KnownModel known, string name, (KeyConfig Key, KeyHold Hold) choice) =>
        new(known.Provider, known.Route, known.Dialect, name, choice.Key, known.Dialect == exchange.Route.Dialect)
        {
            Asked = known.Model,
            Lane = known.Lane,
            Hold = choice.Hold,
            IsEstimate = known.IsEstimate,
            Memo = name == known.Model ? known.Memo : new ModelMemo(),
        };

    /// <summary>Who serves a name at the exchange's door. Remembered where the configuration alone says it: what catalogues list changes.</summary>
    private static GatewayError? Identify(Exchange exchange, string name, string defaultProvider, out KnownModel? known)
    {
        known = null;
        var (provider, model, isSettled) = Split(exchange, name, defaultProvider);
        if (provider is null)
        {
            return Unresolved(exchange.Snapshot.Providers, name, defaultProvider);
        }

        if (exchange.VirtualKey?.Refusal(provider.Name, model) is { } refusal)
        {
            return refusal;
        }

        var (dialect, operation) = (exchange.Route.Dialect.Name, exchange.Route.Operation);
        var route = exchange.Route switch
        {
            { Native: { } native } => provider.Natives?.Find(native),
            { IsPassthrough: true } => provider.Route(dialect, operation, model),
            _ => operation == Operation.Compact && !provider.HoldsResponses ? null : Choose(provider, dialect, operation, model),
        };
        var isEstimate = route is null && operation == Operation.CountTokens && !exchange.Route.IsPassthrough;
        route ??= isEstimate || operation == Operation.Compact ? Choose(provider, dialect, Operation.Generate, model) : null;
        if (route is null)
        {
            var what = exchange.Route.Native is { } missing ? $"has no {missing.Path} that could be asked" : $"cannot serve {operation} requests in the {dialect} dialect";
            return GatewayError.Invalid($"Provider \"{provider.Name}\" {what}.", "model");
        }

        known = new KnownModel(provider, model, route, Dialects.Get(route.Dialect), exchange.Snapshot.Lanes.Of(provider), isEstimate);
        if (isSettled)
        {
            exchange.Snapshot.Known.Keep(exchange.Route, defaultProvider, name, known);
        }

        return null;
    }

    private static (Provider? Provider, string Model, bool IsSettled) Split(Exchange exchange, string name, string defaultProvider)
    {
        var providers = exchange.Snapshot.Providers;
        if (exchange.Route.IsPassthrough)
        {
            return (providers.TryFind(defaultProvider, out var its) ? its : null, name, true);
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && slash < name.Length - 1 && providers.TryFind(name.AsSpan(0, slash), out var named))
        {
            return (named, name[(slash + 1)..], true);
        }

        if (providers.TryFind(defaultProvider, out var standard) && KeyRing.MayServe(standard, name))
        {
            return (standard, name, true);
        }

        return (exchange.Snapshot.Catalogue.Find(providers, exchange.Snapshot.Pricing, name) ?? standard ?? providers.StandIn, name, false);
    }

    /// <summary>The caller's own dialect wins; else the provider's first route for the operation whose dialect the gateway can write.</summary>
    private static ProviderRoute? Choose(Provider provider, string dialect, Operation operation, string model)
    {
        if (provider.Route(dialect, operation, model) is { } own)
        {
            return own;
        }

        if (operation is not (Operation.Generate or Operation.CountTokens))
        {
            return null;
        }

        foreach (var route in provider.Routes)
        {
            if (route.Operation == operation && provider.Serves?.Invoke(model, route.Dialect) != false && Dialects.Find(route.Dialect) is { IsUpstream: true })
            {
                return route;
            }
        }

        return null;
    }

    private static GatewayError Unresolved(ProviderSet providers, string name, string defaultProvider)
    {
        var known = string.Join(", ", providers.All.Select(p => p.Name));
        var message = $"Model \"{name}\" names no configured provider and the default for this route, \"{defaultProvider}\", is not configured; nor does any other provider list it. "
            + $"Write it as provider/model; configured providers: {known}.";
        return GatewayError.Invalid(message, "model") with { Code = NobodyHasIt };
    }
}
