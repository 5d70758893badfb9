using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Pipeline.Routing;

namespace BifrostLite.Pipeline;

/// <summary>
/// Two candidates for one request (hedging; Dean and Barroso, "The Tail at Scale", 2013): when the first has not begun to answer after a
/// while the second is asked as well. Whoever has a sound answer first goes on, the other call is cancelled, and what it used up is
/// settled. Each runs on a fork of the exchange, so neither sees anything of the other.
/// </summary>
internal sealed class Race(Exchange exchange, Failover failover, RetryBudget budget)
{
    /// <summary>The second was asked: nobody needs to do so again.</summary>
    public bool HasSecond { get; private set; }

    /// <param name="first">Admitted, and reserved for.</param>
    /// <param name="second">Asked only if need be, and if it may be.</param>
    /// <param name="isLast">Nobody is asked after the second.</param>
    /// <param name="mindsPast">The second must not have failed too often of late.</param>
    /// <param name="delay">How long the first has the field to itself.</param>
    /// <returns>The winner's answer; where both fail, the first's failure.</returns>
    public async ValueTask<Attempt> RunAsync(Candidate first, Candidate second, bool isLast, bool mindsPast, TimeSpan delay)
    {
        budget.Deposit();
        var one = Start(first, exchange.Limits, isLast: false);
        using var alarm = new CancellationTokenSource();
        await Task.WhenAny(one.Running, Task.Delay(delay, exchange.Clock, alarm.Token));
        await alarm.CancelAsync();
        if (one.Running.IsCompleted || await StartSecondAsync(second, isLast, mindsPast) is not { } two)
        {
            await Task.WhenAny(one.Running);
            return await FinishAsync(one, null);
        }

        HasSecond = true;
        await Task.WhenAny(one.Running, two.Running);
        var (ahead, behind) = one.Running.IsCompleted ? (one, two) : (two, one);
        if (ahead.HasFailed && !(ahead == one && ahead.Failure!.Step == NextStep.Stop))
        {
            await Task.WhenAny(behind.Running);
            (ahead, behind) = behind.HasFailed ? (one, two) : (behind, ahead);
        }

        return await FinishAsync(ahead, behind);
    }

    /// <summary>Null where the second may not be asked: that is no reason to refuse anything, the first is still running.</summary>
    private async ValueTask<Contender?> StartSecondAsync(Candidate second, bool isLast, bool mindsPast)
    {
        if (!budget.TryWithdraw() || (mindsPast && !second.Lane.Admits(second)))
        {
            return null;
        }

        var limits = exchange.Limits?.Another();
        return limits is not null && await limits.ReserveAsync(exchange, second) is not null ? null : Start(second, limits, isLast);
    }

    private Contender Start(Candidate candidate, LimitUse? limits, bool isLast)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(exchange.Aborted);
        var fork = exchange.Fork(limits, source.Token);
        return new Contender(candidate, fork, source, failover.TryAsync(fork, candidate, isLast).AsTask(), exchange.Clock.GetTimestamp());
    }

    /// <summary>The exchange goes on as the winner, whose end may be a failure or a caller who is gone.</summary>
    private async ValueTask<Attempt> FinishAsync(Contender winner, Contender? loser)
    {
        if (loser is not null)
        {
            Tell(loser);
            exchange.Outrun = EndAsync(loser);
        }

        Tell(winner);
        exchange.Adopt(winner.Fork, winner.Source);
        if (loser is { HasFailed: true, Failure.Step: NextStep.Stop } && winner.HasFailed)
        {
            winner.Failure!.Step = NextStep.Stop;
        }

        return await winner.Running;
    }

    /// <summary>What a cancelled call comes to is no news any more: of one that still runs only that is told.</summary>
    private void Tell(Contender contender)
    {
        if (contender.Running.IsCompleted)
        {
            var trail = contender.Fork.Trail;
            for (var i = 0; i < trail.Count; i++)
            {
                exchange.Trail.Add(trail[i]);
            }

            return;
        }

        var candidate = contender.Fork.Candidate ?? contender.Candidate;
        var took = exchange.Clock.GetElapsedTime(contender.StartedAt).TotalMilliseconds;
        exchange.Trail.Add(new TrailEntry(candidate.Provider.Name, candidate.Model, candidate.Key.Name, Outcomes.Outrun, took));
        if (candidate.Provider.Network.HedgePercentile is not null)
        {
            // It would have taken longer still; to forget it would make the provider look faster than it is.
            candidate.Lane.Began(candidate, exchange.WantsStream, took);
        }
    }

    /// <summary>Cancels what nobody waits for any more and settles what it used up.</summary>
    private static async Task<List<Expense>?> EndAsync(Contender loser)
    {
        await loser.Source.CancelAsync();
        try
        {
            using var attempt = await loser.Running;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // As it was told to.
        }

        Settlement.SettleAttempt(loser.Fork);
        loser.Fork.Limits?.GiveBack();
        loser.Fork.Abandon();
        loser.Source.Dispose();
        return loser.Fork.Expenses;
    }

    /// <summary>One of the two.</summary>
    private sealed record Contender(Candidate Candidate, Exchange Fork, CancellationTokenSource Source, Task<Attempt> Running, long StartedAt)
    {
        /// <summary>It came to its end by itself, without an answer.</summary>
        public bool HasFailed => Failure is not null;

        public Attempt? Failure => Running.IsCompletedSuccessfully && Running.Result.Answer is null ? Running.Result : null;
    }
}
