namespace BifrostLite.Configuration;

/// <summary>A key given to a caller, and what it may be used for.</summary>
internal sealed record VirtualKeyConfig
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>The value's hash: the value itself is kept nowhere. Null where there is none, and the key opens nothing.</summary>
    public KeyHash? Hash { get; init; }

    /// <summary>The few characters of the value by which people know it again.</summary>
    public string Preview { get; init; } = "";

    public bool IsActive { get; init; } = true;

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Once expired it counts as if it were not there.</summary>
    public bool DeleteAfterExpire { get; init; }

    /// <summary>Every provider and model, whatever <see cref="Providers"/> says.</summary>
    public bool AllowAllProviders { get; init; }

    /// <summary>Null: as the gateway does with everybody.</summary>
    public bool? DisableContentLogging { get; init; }

    public string? TeamId { get; init; }

    public string? CustomerId { get; init; }

    public IReadOnlyList<ProviderGrantConfig> Providers { get; init; } = [];

    public LimitsConfig Limits { get; init; } = LimitsConfig.None;
}

/// <summary>One entry of a virtual key's "provider_configs".</summary>
internal sealed record ProviderGrantConfig
{
    /// <summary>Bifrost's number of the entry, which a budget may name; null for most.</summary>
    public int? Id { get; init; }

    public required string Provider { get; init; }

    /// <summary>Share of requests that name no provider; null: none of them.</summary>
    public double? Weight { get; init; }

    public IReadOnlyList<string> AllowedModels { get; init; } = ["*"];

    public IReadOnlyList<string> BlacklistedModels { get; init; } = [];

    /// <summary>Ids or names of the provider's keys; "*" for all.</summary>
    public IReadOnlyList<string> KeyIds { get; init; } = ["*"];

    public LimitsConfig Limits { get; init; } = LimitsConfig.None;
}
