using System.Globalization;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>
/// What one request holds of its caller's limits: reserved for the candidate that is about to be called, given back where it
/// failed, settled at the end with what was really used. One per request whose key has limits.
/// </summary>
internal sealed class LimitUse(VirtualKey? caller, ModelLimits models, LimitLedger ledger, TimeProvider clock)
{
    private readonly List<LimitCounter> _counters = [];
    private readonly List<CounterWindow> _held = [];
    private CallEstimate _estimate;
    private long _spentTokens;
    private long _spentMoney;
    private TimeSpan? _wait;
    private GatewayError? _refusal;

    /// <summary>Reserves on every level for a candidate, in the order model, provider, virtual key, team, customer; the refusal where one of them is used up.</summary>
    public async ValueTask<GatewayError?> ReserveAsync(Exchange exchange, Candidate candidate)
    {
        GiveBack();
        _counters.Clear();
        models.Find(candidate.Provider.Name, candidate.Asked, candidate.Model, caller, _counters);
        if (caller is not null)
        {
            AddTo(_counters, caller.GrantFor(candidate.Provider.Name, candidate.Asked)?.Limits ?? []);
            AddTo(_counters, caller.Limits);
        }

        _estimate = CallEstimate.Of(exchange, candidate);
        foreach (var counter in _counters)
        {
            if (counter.Kind != LimitKind.Requests && exchange.Route.Operation == Operation.CountTokens)
            {
                // Counting uses up nothing but the request.
                continue;
            }

            if (await ledger.ReserveAsync(counter, Amount(counter.Kind)) is not { } window)
            {
                GiveBack();
                return Refuse(counter);
            }

            _held.Add(window);
        }

        return null;
    }

    /// <summary>Replaces what is reserved by what was used; a call without an answer used nothing.</summary>
    public void Settle(Exchange exchange)
    {
        var usage = exchange.Facts.Usage;
        var isServed = exchange.IsCommitted || usage.Total > 0;
        var tokens = exchange.IsCached ? 0 : usage.Total ?? (isServed && exchange.Failure is null ? _estimate.Tokens : 0);
        var money = CallEstimate.InMoney(exchange.Cost?.Total ?? 0);
        foreach (var window in _held)
        {
            var used = window.Counter.Kind switch
            {
                LimitKind.Requests => isServed ? 1 : 0,
                LimitKind.Tokens => tokens + _spentTokens,
                _ => money + _spentMoney,
            };
            ledger.Settle(window, Amount(window.Counter.Kind), used);
        }

        _held.Clear();
    }

    /// <summary>The same limits for another candidate that is asked at the same time.</summary>
    public LimitUse Another() => new(caller, models, ledger, clock);

    /// <summary>An attempt used something up and the caller has no answer of it: no request, but its tokens and its money.</summary>
    public void Spend(Expense expense)
    {
        _spentTokens += expense.Usage.Total ?? 0;
        _spentMoney += CallEstimate.InMoney(expense.Cost?.Total ?? 0);
    }

    /// <summary>What is left of each kind, this call's reservation taken off; and, for a refused one, when it may come again.</summary>
    public void AddHeaders(Exchange exchange, IHeaderDictionary headers)
    {
        if (Left(LimitKind.Requests) is { } requests)
        {
            headers["x-bf-remaining-requests"] = requests.ToString(CultureInfo.InvariantCulture);
        }

        if (Left(LimitKind.Tokens) is { } tokens)
        {
            headers["x-bf-remaining-tokens"] = tokens.ToString(CultureInfo.InvariantCulture);
        }

        if (Left(LimitKind.Money) is { } money)
        {
            headers["x-bf-remaining-budget"] = (money / LimitCounters.Dollar).ToString("0.######", CultureInfo.InvariantCulture);
        }

        if (_wait is { } wait && ReferenceEquals(exchange.Failure, _refusal))
        {
            headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>
    /// How much is used of the limits that hold for a provider's model, in percent of the fullest: what routing rules compare
    /// (docs.getbifrost.ai/providers/routing-rules, "Capacity Metrics"). 0 where there is no limit.
    /// </summary>
    public double Percent(LimitKind kind, string provider, string model)
    {
        var counters = new List<LimitCounter>();
        models.Find(provider, model, model, caller, counters);
        AddTo(counters, caller?.GrantFor(provider, model)?.Limits ?? []);
        var most = 0.0;
        foreach (var counter in counters)
        {
            if (counter.Kind == kind)
            {
                var used = counter.Now(clock.GetUtcNow()) is var (amount, _, _) ? amount : 0;
                most = Math.Max(most, counter.Rule.Most > 0 ? 100.0 * used / counter.Rule.Most : 100);
            }
        }

        return most;
    }

    /// <summary>A counter that several levels name counts once.</summary>
    public static void AddTo(List<LimitCounter> counters, IReadOnlyList<LimitCounter> more)
    {
        foreach (var counter in more)
        {
            if (!counters.Contains(counter))
            {
                counters.Add(counter);
            }
        }
    }

    private long Amount(LimitKind kind) => kind switch
    {
        LimitKind.Requests => 1,
        LimitKind.Tokens => _estimate.Tokens,
        _ => _estimate.Money,
    };

    /// <summary>Gives back what is held for a candidate, but for what its attempts used up.</summary>
    public void GiveBack()
    {
        foreach (var window in _held)
        {
            var used = window.Counter.Kind switch { LimitKind.Requests => 0, LimitKind.Tokens => _spentTokens, _ => _spentMoney };
            ledger.Settle(window, Amount(window.Counter.Kind), used);
        }

        (_spentTokens, _spentMoney) = (0, 0);
        _held.Clear();
    }

    private GatewayError Refuse(LimitCounter counter)
    {
        var now = clock.GetUtcNow();
        var wait = counter.WaitFor(now);
        _wait = _wait < wait ? _wait : wait;
        return _refusal ??= Refusals.Limit(counter, counter.Now(now)?.Used ?? counter.Rule.Most);
    }

    private long? Left(LimitKind kind)
    {
        long? least = null;
        var now = clock.GetUtcNow();
        foreach (var counter in _counters)
        {
            if (counter.Kind == kind && counter.Now(now) is var (used, _, _))
            {
                var left = Math.Max(0, counter.Rule.Most - used);
                least = least < left ? least : left;
            }
        }

        return least;
    }
}
