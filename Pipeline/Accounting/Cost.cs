namespace BifrostLite.Pipeline.Accounting;

/// <summary>Who says what an answer cost.</summary>
internal enum CostSource : byte
{
    /// <summary>The price sheet, with the overrides of the configuration.</summary>
    Sheet,

    /// <summary>The provider, in its answer.</summary>
    Provider,
}

/// <summary>
/// What one answer cost, in US dollars: Bifrost's usage.cost (its core/schemas/chatcompletions.go). The parts do not overlap and
/// add up to the total; a provider that reports a bare total leaves them at zero. Decimals: a sum of millions of these
/// does not drift.
/// </summary>
internal sealed record Cost
{
    /// <summary>Input, cache reads and writes included.</summary>
    public decimal InputTokens { get; init; }

    /// <summary>Output but for reasoning.</summary>
    public decimal OutputTokens { get; init; }

    public decimal ReasoningTokens { get; init; }

    public decimal CitationTokens { get; init; }

    public decimal SearchQueries { get; init; }

    /// <summary>What is charged for the call itself, and for code interpreter sessions.</summary>
    public decimal Request { get; init; }

    public decimal Total { get; init; }

    public CostSource Source { get; init; }

    /// <summary>Tokens were counted by the gateway: the answer broke off before the provider reported, or it never does.</summary>
    public bool IsEstimate { get; init; }

    /// <summary>Of what was not asked for anew.</summary>
    public static readonly Cost Nothing = new();

    public static Cost Reported(decimal total) => new() { Total = total, Source = CostSource.Provider };
}
