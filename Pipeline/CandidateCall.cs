using System.Globalization;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline;

/// <summary>One candidate's tries within one exchange: the body made for it, the keys used up, the retries spent.</summary>
/// <param name="exchange">The exchange.</param>
/// <param name="candidate">Whom to call.</param>
/// <param name="isLast">Nobody is asked after it.</param>
internal sealed class CandidateCall(Exchange exchange, Candidate candidate, bool isLast)
{
    private static readonly GatewayError QueueFull = new(429, ErrorKind.RateLimit, "request dropped: queue is full");

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
            // Without a limit there is no layer more: this is every request's way.
            var attempt = Prepare() ?? (Candidate.Lane.Gate is { } gate ? await CallAsync(gate) : await Attempts.CallAsync(exchange, _prepared!));
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
                Candidate.Lane.Withdrawn(Candidate);
                _prepared?.Dispose();
            }
        }
    }

    /// <summary>The key is dead for this request.</summary>
    /// <returns>Whether there is another.</returns>
    public bool DropKey()
    {
        (_trials ??= new KeyTrials()).Drop(Candidate.Key);
        if (Candidate.Hold == KeyHold.Fixed || !TakeKey())
        {
            return false;
        }

        if (Candidate.Hold == KeyHold.Sticky)
        {
            KeySelection.Rebind(exchange, Candidate);
        }

        return true;
    }

    /// <returns>Whether the next call goes out with another key.</returns>
    public bool RotateKey()
    {
        if (Candidate.Hold != KeyHold.Free)
        {
            return false;
        }

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

    private async ValueTask<Attempt> CallAsync(Gate gate)
    {
        if (await EnterAsync(gate) is { } refused)
        {
            return refused;
        }

        Attempt? attempt = null;
        try
        {
            attempt = await Attempts.CallAsync(exchange, _prepared!);
            return attempt;
        }
        finally
        {
            if (attempt?.Answer is not null)
            {
                // The call goes on while its answer is relayed.
                attempt.Gate = gate;
            }
            else
            {
                gate.Leave();
            }
        }
    }

    /// <returns>Why the call may not run; null when it may.</returns>
    private async ValueTask<Attempt?> EnterAsync(Gate gate)
    {
        try
        {
            exchange.Deadline.Stop();
            return await gate.EnterAsync(exchange.Snapshot.Config.Client.DropExcessRequests, exchange.Deadline.Token)
                ? null
                : Attempt.Failed(QueueFull with { Provider = Candidate.Provider.Name }, FailureCause.QueueFull);
        }
        catch (OperationCanceledException) when (!exchange.Deadline.IsCallerGone)
        {
            return Attempt.Failed(UpstreamFailures.DeadlinePassed(exchange.Deadline.WholeLimit), FailureCause.Deadline);
        }
    }

    private bool TakeKey()
    {
        if (KeyRing.Choose(Candidate.Provider, Candidate.Asked, exchange.VirtualKey, Candidate.Lane, _trials) is not { } key)
        {
            return false;
        }

        var next = Candidate.With(key);
        if (next.Model != Candidate.Model || (exchange.Turn is { Chain.Last.IsNative: true } && next.Key != Candidate.Key))
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
        FailureCause.Refused => error.Status.ToString(CultureInfo.InvariantCulture),
        FailureCause.Network => Outcomes.Network,
        FailureCause.Timeout or FailureCause.Deadline => Outcomes.Timeout,
        FailureCause.Credential => Outcomes.Credential,
        FailureCause.Address => Outcomes.Address,
        FailureCause.BadAnswer => Outcomes.BadAnswer,
        FailureCause.QueueFull => Outcomes.QueueFull,
        _ => Outcomes.Untranslatable,
    };
}
