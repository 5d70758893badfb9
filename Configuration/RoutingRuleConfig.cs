using BifrostLite.Configuration.Rules;

namespace BifrostLite.Configuration;

/// <summary>One entry of "governance.routing_rules" that is enabled and can be read.</summary>
internal sealed record RoutingRuleConfig
{
    public required string Name { get; init; }

    public required RuleCondition Condition { get; init; }

    /// <summary>After this rule all are looked at again, with what it decided.</summary>
    public bool IsChained { get; init; }

    public IReadOnlyList<RoutingTargetConfig> Targets { get; init; } = [];

    /// <summary>"provider/model", or "provider/" for the model that was asked for.</summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>global, team, customer or virtual_key.</summary>
    public string Scope { get; init; } = "global";

    public string ScopeId { get; init; } = "";

    public int Priority { get; init; }

    /// <summary>A virtual key's rules come before its team's, those before its customer's, and everybody's last.</summary>
    public int Rank => Scope switch { "virtual_key" => 0, "team" => 1, "customer" => 2, _ => 3 };
}

/// <summary>Where a rule sends a request; empty texts leave what was asked for.</summary>
internal sealed record RoutingTargetConfig(string Provider, string Model, string KeyId, string KeyName, double Weight);
