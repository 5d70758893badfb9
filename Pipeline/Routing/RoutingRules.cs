using BifrostLite.Configuration;
using BifrostLite.Configuration.Rules;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Providers;
using BifrostLite.Schemas;

namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// Applies governance.routing_rules before anything else chooses a provider: of the rules whose scope is the caller's, the
/// first that holds decides provider, model, key and fallbacks (docs.getbifrost.ai/providers/routing-rules).
/// </summary>
internal static class RoutingRules
{
    /// <summary>What the rules made of a request's model.</summary>
    /// <param name="Name">provider/model.</param>
    /// <param name="Fallbacks">For requests that name none themselves.</param>
    /// <param name="Target">Where it was sent, for its key.</param>
    internal readonly record struct Decision(string Name, IReadOnlyList<string> Fallbacks, RoutingTargetConfig Target);

    /// <summary>Null where no rule holds.</summary>
    public static Decision? Apply(Exchange exchange, string provider, string model)
    {
        Decision? decision = null;
        var rules = exchange.Snapshot.Config.Governance.RoutingRules;
        var used = new HashSet<RoutingRuleConfig>();
        for (var depth = exchange.Snapshot.Config.Client.RoutingChainMaxDepth; depth > 0; depth--)
        {
            var facts = new Facts(exchange, provider, model);
            var rule = rules.FirstOrDefault(each => !used.Contains(each) && IsInScope(exchange, each) && each.Condition.Holds(facts));
            if (rule is null || Draw(exchange.Snapshot.Providers, rule.Targets, Random.Shared.NextDouble()) is not { } target)
            {
                break;
            }

            used.Add(rule);
            provider = target.Provider.Length > 0 ? target.Provider : provider;
            model = target.Model.Length > 0 ? target.Model : model;
            decision = new Decision(provider.Length > 0 ? $"{provider}/{model}" : model, Named(rule.Fallbacks, model), target);
            if (!rule.IsChained)
            {
                break;
            }
        }

        return decision;
    }

    /// <summary>A target by weight among those whose provider is there.</summary>
    internal static RoutingTargetConfig? Draw(ProviderSet providers, IReadOnlyList<RoutingTargetConfig> targets, double chance)
    {
        var total = 0.0;
        foreach (var target in targets)
        {
            total += IsThere(providers, target) ? target.Weight : 0;
        }

        var left = chance * total;
        RoutingTargetConfig? last = null;
        foreach (var target in targets)
        {
            if (IsThere(providers, target))
            {
                last = target;
                left -= target.Weight;
                if (left < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    private static bool IsThere(ProviderSet providers, RoutingTargetConfig target) => target.Provider.Length == 0 || providers.TryFind(target.Provider, out _);

    private static List<string> Named(IReadOnlyList<string> fallbacks, string model)
    {
        var named = new List<string>(fallbacks.Count);
        foreach (var fallback in fallbacks)
        {
            named.Add(fallback.EndsWith('/') ? fallback + model : fallback);
        }

        return named;
    }

    private static bool IsInScope(Exchange exchange, RoutingRuleConfig rule) => rule.Scope switch
    {
        "virtual_key" => exchange.VirtualKey?.Id == rule.ScopeId,
        "team" => exchange.VirtualKey?.Config.TeamId == rule.ScopeId,
        "customer" => Customer(exchange) == rule.ScopeId,
        _ => true,
    };

    /// <summary>The key's own, or its team's.</summary>
    private static string? Customer(Exchange exchange) => exchange.VirtualKey?.Config.CustomerId ?? Team(exchange)?.CustomerId;

    private static OwnerConfig? Team(Exchange exchange) =>
        exchange.VirtualKey?.Config.TeamId is { } id ? exchange.Snapshot.Config.Governance.Teams.FirstOrDefault(team => team.Id == id) : null;

    private sealed class Facts(Exchange exchange, string provider, string model) : IRuleFacts
    {
        public string? Variable(string name) => name switch
        {
            "model" => model,
            "provider" => provider,
            "request_type" => RequestType(exchange.Route),
            "virtual_key_id" => exchange.VirtualKey?.Id ?? "",
            "virtual_key_name" => exchange.VirtualKey?.Name ?? "",
            "team_id" => exchange.VirtualKey?.Config.TeamId ?? "",
            "team_name" => Team(exchange)?.Name ?? "",
            "customer_id" => Customer(exchange) ?? "",
            "customer_name" => exchange.Snapshot.Config.Governance.Customers.FirstOrDefault(customer => customer.Id == Customer(exchange))?.Name ?? "",
            _ => null,
        };

        public double Used(string measure) => exchange.Limits?.Percent(
            measure switch { "budget_used" => LimitKind.Money, "tokens_used" => LimitKind.Tokens, _ => LimitKind.Requests }, provider, model) ?? 0;

        public string? Header(string name) => Text(exchange.Http.Request.Headers[name]);

        public string? Parameter(string name) => Text(exchange.Http.Request.Query[name]);

        private static string? Text(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values.ToString();

        private static string RequestType(InboundRoute route) => route.Operation switch
        {
            Operation.Embeddings => "embedding",
            Operation.CountTokens => "count_tokens",
            Operation.ListModels => "list_models",
            Operation.Native => route.Native!.Type,
            _ => route.Dialect.Name == DialectNames.Chat ? "chat_completion" : "responses",
        };
    }
}
