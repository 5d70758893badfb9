using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Pipeline.Admission.Management;

/// <summary>What the management API manages.</summary>
/// <param name="List">Its list in the configuration and in answers: "virtual_keys".</param>
/// <param name="Path">Its place below /api/governance: "virtual-keys".</param>
/// <param name="One">What one is called in answers: "virtual_key".</param>
/// <param name="Title">What one is called in messages: "Virtual key".</param>
/// <param name="Shape">What one must look like.</param>
internal sealed record GovernanceKind(string List, string Path, string One, string Title, Shape Shape)
{
    public static readonly GovernanceKind VirtualKeys = new("virtual_keys", "virtual-keys", "virtual_key", "Virtual key", GovernanceShape.NamedVirtualKey);

    public static readonly IReadOnlyList<GovernanceKind> All =
    [
        VirtualKeys,
        new("teams", "teams", "team", "Team", GovernanceShape.Team),
        new("customers", "customers", "customer", "Customer", GovernanceShape.Customer),
        new("budgets", "budgets", "budget", "Budget", GovernanceShape.Budget),
        new("rate_limits", "rate-limits", "rate_limit", "Rate limit", GovernanceShape.RateLimit),
        new("model_configs", "model-configs", "model_config", "Model config", GovernanceShape.ModelConfig),
    ];

    public bool IsVirtualKey => ReferenceEquals(this, VirtualKeys);
}
