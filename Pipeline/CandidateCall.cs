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
    /// <summary>Bifrost's words (client.drop_excess_requests).</summary>
    public const string QueueFullMessage = "request dropped: queue is full";

    private static readonly GatewayError QueueFull = new(429, ErrorKind.RateLimit, QueueFullMessage);

    private PreparedRequest? _prepared;
    private KeyTrials? _trials;
    private Gate? _gate;
    private long _startedAt;

    public Candidate Candidate { get; private set; } = candidate;

    public bool IsLast { get; } = isLast;

    /// <summary>How often it was called again; dropped keys do not count.</summary>
    public int Retries { get; set; }

    /// <summary>The body, once <see cref="Prepare"/> made it.</summary>
    public PreparedRequest Prepared => _prepared!;

    /// <summary>A try begins.</summary>
    public void Begin() => _startedAt = exchange.Look();

    /// <summary>It is over, and noted in the trail.</summary>
    /// <param name="attempt">What came of it; null where it was broken off.</param>
    public void End(Attempt? attempt)
    {
        var took = exchange.Clock.GetElapsedTime(_startedAt, exchange.Look()).TotalMilliseconds;
        exchange.Trail.Add(new TrailEntry(Candidate.Provider.Name, Candidate.Model, Candidate.Key.Name, attempt is null ? Outcomes.Aborted : OutcomeOf(attempt), took));
        if (attempt?.Answer is not null)
        {
            // The call goes on while its answer is relayed.
            attempt.Prepared = _prepared;
            attempt.Gate = _gate;
            _prepared = null;
        }
        else
        {
            _gate?.Leave();
        }

        _gate = null;
        if (attempt is null)
        {
            Candidate.Lane.Withdrawn(Candidate);
            _prepared?.Dispose();
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

    /// <summary>It answers: its past is forgotten, and how long it took to begin is remembered where that is asked for.</summary>
    public void Succeeded()
    {
        Candidate.Lane.Succeeded(Candidate);
        if (Candidate.Provider.Network.HedgePercentile is not null)
        {
            Candidate.Lane.Began(Candidate, exchange.WantsStream, exchange.Trail[exchange.Trail.Count - 1].Milliseconds);
        }
    }

    /// <summary>The last failure, or what stands for several: all keys refused.</summary>
    /// <param name="last">The last.</param>
    /// <param name="step">What is to be done after it.</param>
    public Attempt Exhausted(Attempt last, NextStep step)
    {
        _prepared?.Dispose();
        if (_trials is { DeadCount: >= 2 } && last.Error!.Status is 401 or 402 or 403 or 429)
        {
            last.Dispose();
            last = Attempt.Failed(GatewayErrors.CredentialsExhausted(Candidate.Provider.Name, _trials.DeadCount), FailureCause.Credential);
        }

        last.Step = step;
        return last;
    }

    /// <summary>Waits for a place among the calls that may run at once.</summary>
    /// <returns>Why the call may not run; null when it may.</returns>
    public async ValueTask<Attempt?> EnterAsync(Gate gate)
    {
        try
        {
            exchange.Deadline.Stop();
            if (await gate.EnterAsync(exchange.Snapshot.Config.Client.DropExcessRequests, exchange.Deadline.Token))
            {
                _gate = gate;
                return null;
            }

            return Attempt.Failed(QueueFull with { Provider = Candidate.Provider.Name }, FailureCause.QueueFull);
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
    public Attempt? Prepare()
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
