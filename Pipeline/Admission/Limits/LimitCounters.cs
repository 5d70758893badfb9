using System.Collections.Concurrent;
using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>
/// All counters of this process by name. A reload finds the ones that are there and changes their rules: what has been used stays used.
/// A budget that two levels name is one counter.
/// </summary>
internal sealed class LimitCounters
{
    /// <summary>One dollar in the unit of <see cref="LimitKind.Money"/>.</summary>
    public const decimal Dollar = 1_000_000_000m;

    private readonly ConcurrentDictionary<string, LimitCounter> _counters = new();

    /// <summary>Counters as they are made, for whoever knows what an earlier process counted.</summary>
    public ConcurrentQueue<LimitCounter> Made { get; } = new();

    /// <summary>Called when one was made.</summary>
    public Action? OnMade { get; set; }

    /// <summary>A counter that somebody has had, or null.</summary>
    public LimitCounter? Find(string key) => _counters.GetValueOrDefault(key);

    /// <summary>The counters of one level.</summary>
    /// <param name="level">What holds there.</param>
    /// <param name="governance">Where named budgets and limits stand.</param>
    /// <param name="owner">Whose level it is, in words.</param>
    /// <param name="place">Its name, for limits that have none.</param>
    /// <param name="belongs">Budgets that name the level instead of being named by it.</param>
    public List<LimitCounter> Of(LimitsConfig level, GovernanceConfig governance, string owner, string place, Func<BudgetConfig, bool> belongs)
    {
        var counters = new List<LimitCounter>();
        foreach (var budget in level.Budgets)
        {
            AddBudget(counters, budget, level, owner);
        }

        foreach (var budget in governance.Budgets)
        {
            if (budget.Id == level.BudgetId || level.BudgetIds.Contains(budget.Id) || belongs(budget))
            {
                AddBudget(counters, budget, level, owner);
            }
        }

        if (level.RateLimit is { } own)
        {
            AddRate(counters, own.Id.Length > 0 ? own : own with { Id = place }, level, owner);
        }

        foreach (var limit in governance.RateLimits)
        {
            if (limit.Id == level.RateLimitId || level.RateLimitIds.Contains(limit.Id))
            {
                AddRate(counters, limit, level, owner);
            }
        }

        return counters;
    }

    private void AddBudget(List<LimitCounter> counters, BudgetConfig budget, LimitsConfig level, string owner)
    {
        var rule = new LimitRule((long)(budget.MaxLimit * Dollar), budget.Reset, budget.CalendarAligned || level.CalendarAligned);
        Add(counters, "budget:" + budget.Id, LimitKind.Money, owner, rule);
    }

    private void AddRate(List<LimitCounter> counters, RateLimitConfig limit, LimitsConfig level, string owner)
    {
        var isAligned = limit.CalendarAligned || level.CalendarAligned;
        if (limit.MaxRequests is { } requests)
        {
            Add(counters, $"rate:{limit.Id}:requests", LimitKind.Requests, owner, new LimitRule(requests, limit.RequestReset, isAligned));
        }

        if (limit.MaxTokens is { } tokens)
        {
            Add(counters, $"rate:{limit.Id}:tokens", LimitKind.Tokens, owner, new LimitRule(tokens, limit.TokenReset, isAligned));
        }
    }

    private void Add(List<LimitCounter> counters, string key, LimitKind kind, string owner, LimitRule rule)
    {
        if (!_counters.TryGetValue(key, out var counter))
        {
            var made = new LimitCounter(key, kind, owner, rule);
            counter = _counters.GetOrAdd(key, made);
            if (counter == made)
            {
                Made.Enqueue(made);
                OnMade?.Invoke();
            }
        }

        counter.Rule = rule;
        if (!counters.Contains(counter))
        {
            counters.Add(counter);
        }
    }
}
