namespace BifrostLite.Configuration;

/// <summary>What holds at one level: budgets and a rate limit, named or written in place.</summary>
internal sealed record LimitsConfig
{
    public static readonly LimitsConfig None = new();

    public IReadOnlyList<BudgetConfig> Budgets { get; init; } = [];

    public string? BudgetId { get; init; }

    /// <summary>Further budgets that hold here.</summary>
    public IReadOnlyList<string> BudgetIds { get; init; } = [];

    public RateLimitConfig? RateLimit { get; init; }

    public string? RateLimitId { get; init; }

    /// <summary>Further rate limits that hold here.</summary>
    public IReadOnlyList<string> RateLimitIds { get; init; } = [];

    /// <summary>The windows of this level begin with the day, week, month, quarter or year (UTC).</summary>
    public bool CalendarAligned { get; init; }
}

/// <summary>Dollars that may be spent in a window, and whom it belongs to where the file says it here and not there.</summary>
internal sealed record BudgetConfig
{
    public required string Id { get; init; }

    public required decimal MaxLimit { get; init; }

    public required ResetPeriod Reset { get; init; }

    public bool CalendarAligned { get; init; }

    public string? VirtualKeyId { get; init; }

    public int? ProviderConfigId { get; init; }

    public string? TeamId { get; init; }

    public string? CustomerId { get; init; }

    public string? ModelConfigId { get; init; }
}

/// <summary>Tokens and requests in a window; either may be missing.</summary>
internal sealed record RateLimitConfig
{
    public required string Id { get; init; }

    public long? MaxTokens { get; init; }

    public ResetPeriod TokenReset { get; init; }

    public long? MaxRequests { get; init; }

    public ResetPeriod RequestReset { get; init; }

    public bool CalendarAligned { get; init; }
}

/// <summary>A team or a customer: whoever virtual keys belong to.</summary>
internal sealed record OwnerConfig
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The customer a team belongs to.</summary>
    public string? CustomerId { get; init; }

    public LimitsConfig Limits { get; init; } = LimitsConfig.None;
}
