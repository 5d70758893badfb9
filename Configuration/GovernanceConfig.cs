namespace BifrostLite.Configuration;

/// <summary>The "governance" section: who may call what, at which rate and price.</summary>
internal sealed record GovernanceConfig
{
    public IReadOnlyList<VirtualKeyConfig> VirtualKeys { get; init; } = [];

    public IReadOnlyList<OwnerConfig> Teams { get; init; } = [];

    public IReadOnlyList<OwnerConfig> Customers { get; init; } = [];

    public IReadOnlyList<BudgetConfig> Budgets { get; init; } = [];

    public IReadOnlyList<RateLimitConfig> RateLimits { get; init; } = [];

    /// <summary>Limits by model and by provider.</summary>
    public IReadOnlyList<ModelLimitsConfig> ModelLimits { get; init; } = [];

    /// <summary>In the order in which they are looked at.</summary>
    public IReadOnlyList<RoutingRuleConfig> RoutingRules { get; init; } = [];

    /// <summary>All of these entries as the management API shows them.</summary>
    public IReadOnlyList<GovernanceDocument> Documents { get; init; } = [];

    /// <summary>Who may use the management API; null: nobody, it is off.</summary>
    public AdminConfig? Admin { get; init; }
}

/// <summary>User and password of the management API.</summary>
internal sealed record AdminConfig(string UserName, Secret Password);
