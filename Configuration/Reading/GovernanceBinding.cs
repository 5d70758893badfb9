using System.Globalization;
using BifrostLite.Configuration.Rules;
using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration.Reading;

/// <summary>
/// Turns the checked "governance" section into its records. A list that is missing or empty allows nothing; in version 1 of the file it
/// allows everything (docs.getbifrost.ai/migration-guides/v1.5.0).
/// </summary>
internal static class GovernanceBinding
{
    private static readonly IReadOnlyList<string> All = ["*"];

    public static GovernanceConfig Bind(Node root, int version)
    {
        var governance = root["governance"];
        return new GovernanceConfig
        {
            VirtualKeys = Each(governance, "virtual_keys", GovernanceShape.VirtualKey, key => VirtualKey(key, version)),
            Teams = Each(governance, "teams", GovernanceShape.Team, Owner),
            Customers = Each(governance, "customers", GovernanceShape.Customer, Owner),
            Budgets = Each(governance, "budgets", GovernanceShape.Budget, Budget),
            RateLimits = Each(governance, "rate_limits", GovernanceShape.RateLimit, RateLimit),
            ModelLimits =
            [
                .. Each(governance, "providers", GovernanceShape.ProviderLimits, ProviderLimits),
                .. Each(governance, "model_configs", GovernanceShape.ModelConfig, ModelLimits),
            ],
            RoutingRules = RoutingRules(governance),
            Documents = Documents(governance),
            Admin = Admin(governance?["auth_config"] ?? root["auth_config"]),
        };
    }

    public static VirtualKeyConfig VirtualKey(Section key, int version)
    {
        var value = key.Text("value");
        var grants = Each(key.Raw("provider_configs"), GovernanceShape.ProviderGrant, grant => Grant(grant, key, version));
        return new VirtualKeyConfig
        {
            Id = key.Text("id"),
            Name = key.Text("name") is { Length: > 0 } name ? name : key.Text("id"),
            Description = key.Text("description"),
            Hash = value.Length > 0 ? KeyHash.Of(value) : KeyHash.FromHex(key.Text("value_hash")),
            Preview = value.Length > 0 ? Preview(value) : key.Text("value_preview"),
            IsActive = key.Flag("is_active"),
            ExpiresAt = key.Text("expires_at") is { Length: > 0 } moment
                ? DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                : null,
            DeleteAfterExpire = key.Flag("delete_after_expire"),
            AllowAllProviders = key.Flag("allow_all_providers") || (version == 1 && grants.Count == 0),
            DisableContentLogging = key.Has("disable_content_logging") ? key.Flag("disable_content_logging") : null,
            TeamId = Reference(key, "team_id"),
            CustomerId = Reference(key, "customer_id"),
            Providers = grants,
            Limits = Limits(key, key.Flag("calendar_aligned")),
        };
    }

    /// <summary>Rules that are on and can be read; the others were told of when the file was checked.</summary>
    private static List<RoutingRuleConfig> RoutingRules(Node? governance)
    {
        var rules = new List<RoutingRuleConfig>();
        foreach (var node in governance?.ItemsOf("routing_rules") ?? [])
        {
            var rule = new Section(node, GovernanceShape.RoutingRule);
            if (rule.Flag("enabled") && RuleCondition.TryParse(node.TextOf("cel_expression") ?? "", out var condition, out _))
            {
                rules.Add(Rule(rule, node, condition));
            }
        }

        // Sorting keeps the file's order among equals.
        return [.. rules.OrderBy(rule => rule.Rank).ThenBy(rule => rule.Priority)];
    }

    private static RoutingRuleConfig Rule(Section rule, Node node, RuleCondition condition) => new()
    {
        Name = rule.Text("name"),
        Condition = condition,
        IsChained = rule.Flag("chain_rule"),
        Targets = [.. node.ItemsOf("targets").Select(target => new RoutingTargetConfig(
            target.TextOf("provider") ?? "",
            target.TextOf("model") ?? "",
            target.TextOf("key_id") ?? "",
            target.TextOf("provider_key_name") ?? "",
            double.Parse(target["weight"]!.Text, CultureInfo.InvariantCulture)))],
        Fallbacks = rule.Texts("fallbacks") ?? [],
        Scope = rule.Text("scope"),
        ScopeId = node.TextOf("scope_id") ?? "",
        Priority = rule.Whole("priority"),
    };

    public static OwnerConfig Owner(Section owner) => new()
    {
        Id = owner.Text("id"),
        Name = owner.Text("name"),
        CustomerId = Reference(owner, "customer_id"),
        Limits = Limits(owner, owner.Flag("calendar_aligned")),
    };

    public static BudgetConfig Budget(Section budget) => new()
    {
        Id = budget.Text("id"),
        MaxLimit = Dollars(budget, "max_limit"),
        Reset = ResetPeriod.Parse(budget.Text("reset_duration")),
        CalendarAligned = budget.Flag("calendar_aligned"),
        VirtualKeyId = Reference(budget, "virtual_key_id"),
        ProviderConfigId = budget.Has("provider_config_id") ? budget.Whole("provider_config_id") : null,
        TeamId = Reference(budget, "team_id"),
        CustomerId = Reference(budget, "customer_id"),
        ModelConfigId = Reference(budget, "model_config_id"),
    };

    private static ModelLimitsConfig ProviderLimits(Section provider) => new()
    {
        Id = "provider:" + provider.Text("name"),
        Provider = provider.Text("name"),
        IsProviders = true,
        Limits = new LimitsConfig
        {
            BudgetId = Reference(provider, "budget_id"),
            RateLimitId = Reference(provider, "rate_limit_id"),
            CalendarAligned = provider.Flag("calendar_aligned"),
        },
    };

    private static ModelLimitsConfig ModelLimits(Section model) => new()
    {
        Id = model.Text("id"),
        Model = model.Text("model_name"),
        Provider = Reference(model, "provider"),
        VirtualKeyId = model.Text("scope") == "virtual_key" ? model.Text("scope_id") : null,
        Limits = Limits(model, model.Flag("calendar_aligned")) with
        {
            BudgetIds = model.Texts("budget_ids") ?? [],
            RateLimitIds = model.Texts("rate_limit_ids") ?? [],
        },
    };

    public static RateLimitConfig RateLimit(Section limit) => new()
    {
        Id = limit.Text("id"),
        MaxTokens = Most(limit, "token_max_limit"),
        TokenReset = Period(limit, "token_reset_duration"),
        MaxRequests = Most(limit, "request_max_limit"),
        RequestReset = Period(limit, "request_reset_duration"),
        CalendarAligned = limit.Flag("calendar_aligned"),
    };

    /// <summary>Enough to tell keys apart, too little to use one.</summary>
    public static string Preview(string value) => value.Length < 16 ? "" : $"{value.AsSpan(0, 6)}...{value.AsSpan(value.Length - 4)}";

    /// <summary>The entries again as text, a virtual key's value as its preview only.</summary>
    private static List<GovernanceDocument> Documents(Node? governance)
    {
        var documents = new List<GovernanceDocument>();
        foreach (var list in (string[])["virtual_keys", "teams", "customers", "budgets", "rate_limits", "model_configs"])
        {
            foreach (var entry in governance?.ItemsOf(list) ?? [])
            {
                var shown = new Node(NodeKind.Section, 0);
                shown.Members.AddRange(entry.Members.Where(static member => member.Name is not ("value" or "value_hash")));
                if (entry.TextOf("value") is { } value)
                {
                    shown.Members.Add(new Member("value_preview", 0, new Node(NodeKind.Text, 0) { Text = Preview(value) }));
                }

                documents.Add(new GovernanceDocument(list, entry.TextOf("id")!, NodeJson.Text(shown), true));
            }
        }

        return documents;
    }

    private static ProviderGrantConfig Grant(Section grant, Section key, int version) => new()
    {
        Id = grant.Has("id") ? grant.Whole("id") : null,
        Provider = grant.Text("provider"),
        Weight = grant.Raw("weight") is { Kind: NodeKind.Number } ? grant.Real("weight") : null,
        AllowedModels = List(grant, "allowed_models", key, version),
        BlacklistedModels = grant.Texts("blacklisted_models") ?? [],
        KeyIds = List(grant, "key_ids", key, version),
        Limits = Limits(grant, key.Flag("calendar_aligned")),
    };

    /// <summary>A key that may use everything has entries for their limits' sake: those need no lists.</summary>
    private static IReadOnlyList<string> List(Section grant, string name, Section key, int version)
    {
        var list = grant.Texts(name);
        return (version == 1 && list is null or { Count: 0 }) || (list is null && key.Flag("allow_all_providers")) ? All : list ?? [];
    }

    private static LimitsConfig Limits(Section owner, bool isAligned)
    {
        var rateLimit = owner.Child("rate_limit");
        return new LimitsConfig
        {
            Budgets = Each(owner.Raw("budgets"), GovernanceShape.BudgetLine, Budget),
            BudgetId = Reference(owner, "budget_id"),
            RateLimit = rateLimit.IsGiven ? RateLimit(rateLimit) : null,
            RateLimitId = Reference(owner, "rate_limit_id"),
            CalendarAligned = isAligned,
        };
    }

    /// <summary>A switch that is on without a name or a password opens nothing.</summary>
    private static AdminConfig? Admin(Node? node)
    {
        var auth = new Section(node, GovernanceShape.Auth);
        var password = auth.Secret("admin_password");
        return auth.Flag("is_enabled") && auth.Text("admin_username") is { Length: > 0 } user && !password.IsEmpty ? new(user, password) : null;
    }

    private static string? Reference(Section section, string name) => section.Text(name) is { Length: > 0 } id ? id : null;

    private static long? Most(Section limit, string name) =>
        limit.Raw(name) is { Kind: NodeKind.Number } number ? long.Parse(number.Text, NumberStyles.Integer, CultureInfo.InvariantCulture) : null;

    private static ResetPeriod Period(Section limit, string name) => limit.Text(name) is { Length: > 0 } text ? ResetPeriod.Parse(text) : new ResetPeriod(1, 'm');

    /// <summary>The largest budget that the counters can hold is nine thousand million dollars.</summary>
    private static decimal Dollars(Section budget, string name) =>
        decimal.TryParse(budget.Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var dollars) ? Math.Min(dollars, 9_000_000_000m) : 9_000_000_000m;

    private static List<T> Each<T>(Node? parent, string list, Shape shape, Func<Section, T> bind) => Each(parent?[list], shape, bind);

    private static List<T> Each<T>(Node? list, Shape shape, Func<Section, T> bind)
    {
        var bound = new List<T>();
        foreach (var item in list?.Items ?? [])
        {
            bound.Add(bind(new Section(item, shape)));
        }

        return bound;
    }
}
