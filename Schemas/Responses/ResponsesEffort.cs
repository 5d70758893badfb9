using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Responses;

/// <summary>The effort word for a request that asks for reasoning by budget, by type or by switching it off.</summary>
internal static class ResponsesEffort
{
    /// <summary>Smallest thinking budget of the API that has budgets (Messages).</summary>
    private const long MinBudget = 1024;

    /// <summary>Assumed where a budget comes without a limit on the whole answer.</summary>
    private const long DefaultLimit = 32_000;

    public static string? Of(ReasoningAsk ask, ResponsesWriteScope scope)
    {
        if (ask.Off)
        {
            // Models before gpt-5.1 cannot switch reasoning off; the least they take comes nearest.
            scope.LoseIf(scope.Target.LeastEffort != "none", "reasoning.effort", LossReason.Clamped);
            return scope.Target.LeastEffort;
        }

        if (ask.Effort is not null)
        {
            scope.LoseIf(ask.Budget is not null, "reasoning.budget", LossReason.Conflict);
            return ask.Effort;
        }

        if (ask.Budget is not { } budget)
        {
            return null;
        }

        scope.Losses.Add("reasoning.budget", LossReason.Moved);
        return budget < 0 ? "medium" : Of(budget, scope.Request.Sampling.MaxTokens ?? DefaultLimit);
    }

    /// <summary>The share of the answer that may be spent on thinking: a quarter is low, up to 60 % medium, more is high.</summary>
    private static string Of(long budget, long limit)
    {
        var share = limit <= MinBudget ? 1 : (double)(budget - MinBudget) / (limit - MinBudget);
        return share <= 0.25 ? "low" : share <= 0.6 ? "medium" : "high";
    }
}
