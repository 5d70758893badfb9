using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline;

/// <summary>
/// Steps 7 and 8 of <see cref="Gateway"/>: candidates in order, each with its own retry budget (contract 4.4), until one
/// has an answer whose beginning is sound. Nothing has reached the caller before that.
/// </summary>
internal sealed class Failover(RetryPacing pacing, RetryBudget budget)
{
    /// <summary>Who has nobody else to ask waits longer; the SDKs of OpenAI and Anthropic obey a Retry-After up to a minute.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <returns>An answer, or the primary's failure; disposed by the receiver.</returns>
    public ValueTask<Attempt> CallAsync(Exchange exchange, List<Candidate> candidates) =>
        candidates.Count == 1 && exchange.Limits is null ? TryAsync(exchange, candidates[0], isLast: true) : CallAnyAsync(exchange, candidates);

    /// <summary>A bad past only ever sends a request elsewhere: where nobody is left, they are all asked.</summary>
    private async ValueTask<Attempt> CallAnyAsync(Exchange exchange, List<Candidate> candidates) =>
        await AskAsync(exchange, candidates, mindsPast: true) ?? (await AskAsync(exchange, candidates, mindsPast: false))!;

    /// <returns>Null where nobody was asked.</returns>
    private async ValueTask<Attempt?> AskAsync(Exchange exchange, List<Candidate> candidates, bool mindsPast)
    {
        Attempt? primary = null;
        Candidate? failed = null;
        GatewayError? limited = null;
        var isSkipped = false;
        for (var i = 0; i < candidates.Count; i++)
        {
            var candidate = candidates[i];
            if (mindsPast && !candidate.Lane.Admits(candidate))
            {
                Pass(exchange, candidate, Outcomes.Skipped);
                isSkipped = true;
                continue;
            }

            if (exchange.Limits is { } limits && await limits.ReserveAsync(exchange, candidate) is { } refusal)
            {
                // Over a limit it is no candidate; that only counts where nobody else is left.
                Pass(exchange, candidate, Outcomes.Limited);
                limited ??= refusal;
                continue;
            }

            Attempt attempt;
            if (i + 1 < candidates.Count && HedgeDelay(exchange, candidate) is { } delay)
            {
                var race = new Race(exchange, this, budget);
                attempt = await race.RunAsync(candidate, candidates[i + 1], isLast: i + 2 == candidates.Count, mindsPast, delay);
                i += race.HasSecond ? 1 : 0;
            }
            else
            {
                attempt = await TryAsync(exchange, candidate, isLast: i == candidates.Count - 1);
            }

            if (attempt.Answer is not null)
            {
                primary?.Dispose();
                return attempt;
            }

            var isOver = attempt.Step == NextStep.Stop;
            if (primary is null)
            {
                (primary, failed) = (attempt, exchange.Candidate);
            }
            else
            {
                attempt.Dispose();
            }

            if (isOver)
            {
                break;
            }
        }

        // Who is told of is the one whose error is told.
        exchange.Candidate = failed ?? exchange.Candidate;
        return primary ?? (limited is null || (mindsPast && isSkipped) ? null : Attempt.Failed(limited, FailureCause.Gateway));
    }

    /// <summary>The trail tells who was not asked, too.</summary>
    private static void Pass(Exchange exchange, Candidate candidate, string outcome) =>
        exchange.Trail.Add(new TrailEntry(candidate.Provider.Name, candidate.Model, "-", outcome, 0));

    /// <summary>How long a candidate may take before the next is asked as well; null where that is not wanted, or where an answer is kept by its provider.</summary>
    private static TimeSpan? HedgeDelay(Exchange exchange, Candidate candidate)
    {
        var network = candidate.Provider.Network;
        if (!network.Hedges || exchange.Turn is not null || exchange.Detached is not null || candidate.Route.Operation is not (Operation.Generate or Operation.Embeddings))
        {
            return null;
        }

        var usual = network.HedgePercentile is { } percent ? candidate.Lane.Percentile(candidate, exchange.WantsStream, percent) : null;
        return usual ?? network.HedgeDelay;
    }

    /// <summary>One candidate with all its keys and retries. The first try is every request's way: no method of its own waits for it.</summary>
    public async ValueTask<Attempt> TryAsync(Exchange exchange, Candidate candidate, bool isLast)
    {
        var call = new CandidateCall(exchange, candidate, isLast);
        if (candidate.Provider.Network.MaxRetries > 0)
        {
            budget.Deposit();
        }

        while (true)
        {
            Attempt? attempt = null;
            call.Begin();
            try
            {
                attempt = call.Prepare() ?? (call.Candidate.Lane.Gate is { } gate ? await call.EnterAsync(gate) : null)
                    ?? await Attempts.OpenAsync(exchange, await Upstream.SendAsync(Attempts.CallOf(exchange, call.Prepared), exchange.Deadline));
            }
            finally
            {
                call.End(attempt);
            }

            if (attempt.Answer is not null)
            {
                call.Succeeded();
                return attempt;
            }

            Settlement.SettleAttempt(exchange);
            var advice = RetryAdvice.Read(attempt.ErrorResponse, attempt.BodyWait, exchange.Clock.GetUtcNow());
            var step = Verdict.Of(attempt, advice);
            Remember(call.Candidate, attempt, step, advice);
            if (PlanNext(exchange, call, step, advice) is not { } wait)
            {
                return call.Exhausted(attempt, step);
            }

            attempt.Dispose();
            await pacing.WaitAsync(wait, exchange.Aborted);
        }
    }

    /// <summary>Readies the call for another try and says how long to wait before it; null where there is none to be.</summary>
    private TimeSpan? PlanNext(Exchange exchange, CandidateCall call, NextStep step, RetryAdvice advice)
    {
        if (step == NextStep.DropKey)
        {
            return call.DropKey() ? TimeSpan.Zero : null;
        }

        var network = call.Candidate.Provider.Network;
        if (step is not (NextStep.Retry or NextStep.Rotate) || call.Retries >= network.MaxRetries || (!call.IsLast && call.Candidate.Lane.IsOpen(call.Candidate)))
        {
            return null;
        }

        var wait = pacing.Backoff(network, call.Retries);
        var isOtherKey = step == NextStep.Rotate && call.RotateKey();
        if (!isOtherKey && advice.Wait is { } advised)
        {
            wait = advised > wait ? advised : wait;
        }

        // With somebody else to ask, a long wait is worse than asking them. 1.2: the upper end of the jitter.
        var longest = call.IsLast ? LongestWait : network.RetryBackoffMax * 1.2;
        if (wait > longest || wait > CallersPatience.Left(exchange) || !budget.TryWithdraw())
        {
            return null;
        }

        call.Retries++;
        return wait;
    }

    /// <summary>What the next requests should know.</summary>
    private static void Remember(Candidate candidate, Attempt attempt, NextStep step, RetryAdvice advice)
    {
        var lane = candidate.Lane;
        if (step is NextStep.DropKey or NextStep.Rotate)
        {
            lane.Rest(candidate, isRefused: step == NextStep.DropKey, advice.Wait);
        }
        else if (attempt.Cause is FailureCause.Network or FailureCause.Timeout or FailureCause.BadAnswer or FailureCause.Address || IsServerError(attempt))
        {
            lane.Failed(candidate);
        }
        else if (attempt.Cause == FailureCause.Refused)
        {
            // It works: the request was what it did not like.
            lane.Succeeded(candidate);
        }
        else
        {
            lane.Withdrawn(candidate);
        }
    }

    private static bool IsServerError(Attempt attempt) => attempt.Cause == FailureCause.Refused && attempt.Error!.Status >= 500;
}
