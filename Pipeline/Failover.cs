using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
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
    public async ValueTask<Attempt> CallAsync(Exchange exchange, List<Candidate> candidates)
    {
        Attempt? primary = null;
        for (var i = 0; ; i++)
        {
            var isLast = i == candidates.Count - 1;
            var (attempt, step) = await TryAsync(exchange, candidates[i], isLast);
            if (attempt.Answer is not null)
            {
                primary?.Dispose();
                return attempt;
            }

            if (primary is null)
            {
                primary = attempt;
            }
            else
            {
                attempt.Dispose();
            }

            if (isLast || step == NextStep.Stop)
            {
                return primary;
            }
        }
    }

    /// <summary>One candidate with all its keys and retries.</summary>
    private async ValueTask<(Attempt Attempt, NextStep Step)> TryAsync(Exchange exchange, Candidate candidate, bool isLast)
    {
        var call = new CandidateCall(exchange, candidate, isLast);
        if (candidate.Provider.Network.MaxRetries > 0)
        {
            budget.Deposit();
        }

        while (true)
        {
            var attempt = await call.OnceAsync();
            if (attempt.Answer is not null)
            {
                return (attempt, default);
            }

            var advice = RetryAdvice.Read(attempt.ErrorResponse, exchange.Clock.GetUtcNow());
            var step = Verdict.Of(attempt, advice);
            if (PlanNext(call, step, advice) is not { } wait)
            {
                return (call.Exhausted(attempt), step);
            }

            attempt.Dispose();
            await pacing.WaitAsync(wait, exchange.Aborted);
        }
    }

    /// <summary>Readies the call for another try and says how long to wait before it; null where there is none to be.</summary>
    private TimeSpan? PlanNext(CandidateCall call, NextStep step, RetryAdvice advice)
    {
        if (step == NextStep.DropKey)
        {
            return call.DropKey() ? TimeSpan.Zero : null;
        }

        var network = call.Candidate.Provider.Network;
        if (step is not (NextStep.Retry or NextStep.Rotate) || call.Retries >= network.MaxRetries)
        {
            return null;
        }

        var wait = pacing.Backoff(network, call.Retries);
        var isOtherKey = step == NextStep.Rotate && call.RotateKey();
        if (!isOtherKey && advice.Wait is { } advised)
        {
            wait = advised > wait ? advised : wait;
        }

        // With somebody else to ask, a long wait is worse than asking them.
        var longest = call.IsLast ? LongestWait : network.RetryBackoffMax * 1.2;
        if (wait > longest || !budget.TryWithdraw())
        {
            return null;
        }

        call.Retries++;
        return wait;
    }

    /// <summary>The state of one candidate's tries.</summary>
    private sealed class CandidateCall(Exchange exchange, Candidate candidate, bool isLast)
    {
        private PreparedRequest? _prepared;
        private KeyTrials? _trials;

        public Candidate Candidate { get; private set; } = candidate;

        public bool IsLast { get; } = isLast;

        /// <summary>How often it was called again; dropped keys do not count.</summary>
        public int Retries { get; set; }

        /// <summary>One call, noted in the trail.</summary>
        public async ValueTask<Attempt> OnceAsync()
        {
            var started = exchange.Clock.GetTimestamp();
            var outcome = Outcomes.Aborted;
            try
            {
                var attempt = Prepare() ?? await Attempts.CallAsync(exchange, _prepared!);
                outcome = OutcomeOf(attempt);
                if (attempt.Answer is not null)
                {
                    attempt.Prepared = _prepared;
                    _prepared = null;
                }

                return attempt;
            }
            finally
            {
                var took = exchange.Clock.GetElapsedTime(started).TotalMilliseconds;
                exchange.Trail.Add(new TrailEntry(Candidate.Provider.Name, Candidate.Model, Candidate.Key.Name, outcome, took));
                if (outcome == Outcomes.Aborted)
                {
                    _prepared?.Dispose();
                }
            }
        }

        /// <summary>The key is dead for this request.</summary>
        /// <returns>Whether there is another.</returns>
        public bool DropKey()
        {
            (_trials ??= new KeyTrials()).Drop(Candidate.Key);
            return TakeKey();
        }

        /// <returns>Whether the next call goes out with another key.</returns>
        public bool RotateKey()
        {
            var before = Candidate.Key;
            (_trials ??= new KeyTrials()).Rest(before);
            return TakeKey() && !ReferenceEquals(before, Candidate.Key);
        }

        /// <summary>The last failure, or what stands for several: all keys refused.</summary>
        public Attempt Exhausted(Attempt last)
        {
            _prepared?.Dispose();
            if (_trials is null || _trials.DeadCount < 2 || last.Error!.Status is not (401 or 402 or 403 or 429))
            {
                return last;
            }

            last.Dispose();
            return Attempt.Failed(GatewayErrors.CredentialsExhausted(Candidate.Provider.Name, _trials.DeadCount), FailureCause.Credential);
        }

        private bool TakeKey()
        {
            if (KeyRing.Choose(Candidate.Provider, Candidate.Asked, exchange.VirtualKey, _trials) is not { } key)
            {
                return false;
            }

            var next = Candidate.With(key);
            if (next.Model != Candidate.Model)
            {
                _prepared?.Dispose();
                _prepared = null;
            }

            Candidate = next;
            return true;
        }

        /// <returns>A failure where no body can be made for the candidate; else null, and the body is there.</returns>
        private Attempt? Prepare()
        {
            if (_prepared is not null)
            {
                exchange.BeginRetry(Candidate);
                return null;
            }

            exchange.BeginAttempt(Candidate);
            _prepared = PreparedRequest.TryMake(exchange, out var error);

            // A body that could not even be read is nobody's; one that this candidate cannot be told may suit another.
            return error is null ? null : Attempt.Failed(error, FailureCause.Gateway, isFinal: exchange.Request is null);
        }

        private static string OutcomeOf(Attempt attempt) => attempt.Error is not { } error ? Outcomes.Ok : attempt.Cause switch
        {
            FailureCause.Refused => StatusText(error.Status),
            FailureCause.Network => Outcomes.Network,
            FailureCause.Timeout => Outcomes.Timeout,
            FailureCause.Credential => Outcomes.Credential,
            FailureCause.Address => Outcomes.Address,
            FailureCause.BadAnswer => Outcomes.BadAnswer,
            _ => Outcomes.Untranslatable,
        };

        private static string StatusText(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
