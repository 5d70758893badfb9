using System.Globalization;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Pipeline.Conversations;
using BifrostLite.Pipeline.Extras;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Pipeline.Metrics;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>
/// The way of every request, in one place:
/// 1. the endpoint names dialect and operation; 4. who calls is asked, before anything of a stranger's is read; 2. the body is read;
/// 3. peeked at; 5. routed to candidates;
/// 6. looked up among the answers that are kept; 7. prepared for a candidate, spliced or translated; 8. sent and classified; 9. committed; 10. relayed;
/// 11. ended in the caller's dialect; 12. settled and logged.
/// </summary>
internal sealed class Gateway(
    SnapshotSource snapshots,
    Gatekeeper gatekeeper,
    AnswerCache cache,
    Failover failover,
    JobBoard jobs,
    TurnKeeper turns,
    BackgroundRuns background,
    RequestLog requests,
    GatewayMetrics metrics,
    TimeProvider clock,
    ILogger<Gateway> log)
{
    /// <summary>Serves one request.</summary>
    /// <param name="http">Request and response.</param>
    /// <param name="route">Which door it came through.</param>
    /// <param name="path">What its path says.</param>
    /// <param name="caller">Whose it is, where nobody is connected: he was asked when he submitted it.</param>
    public async Task ServeAsync(HttpContext http, InboundRoute route, PathFacts path, DetachedCaller? caller = null)
    {
        using var exchange = new Exchange(http, route, path, snapshots.Current, clock) { Detached = caller };
        metrics.Begin();
        try
        {
            // 7.-11. stand here and not in a method of their own: every method that waits for the provider costs a box and a resumption.
            var candidates = new List<Candidate>(1);
            if (await ReceiveAsync(exchange, candidates))
            {
                // 6. An answer that was given before; else 7.-8. candidates are prepared for and called until one answers; when all fail, the primary's error counts.
                using var attempt = await cache.FindAsync(exchange, candidates) ?? await failover.CallAsync(exchange, candidates);

                // 9.-11. From here on the caller has an answer.
                await (attempt.Answer is { } answer
                    ? AnswerRelay.RunAsync(exchange, attempt.Prepared!, answer)
                    : FailedAsync(exchange, candidates[0], attempt));
            }
        }
        catch (Exception e) when (exchange.Aborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            exchange.Failure = GatewayErrors.ClientClosed;
        }
        catch (Exception e)
        {
            GatewayLog.Crashed(log, e, exchange.Id);
            await FailAsync(exchange, GatewayErrors.Internal);
        }

        if (exchange.Failure is not null && exchange.IsCommitted)
        {
            exchange.Trail.AmendLast(exchange.Failure.Kind == ErrorKind.ClientClosed ? Outcomes.Aborted : Outcomes.CutOff);
            if (!exchange.IsCached)
            {
                exchange.Candidate?.Lane.CutOff(exchange.Candidate, exchange.Failure);
            }
        }

        if (exchange.Outrun is { } outrun)
        {
            await EndAsync(exchange, outrun);
        }

        // 12. Settle: usage and price, the caller's limits, then one entry and one line, whatever came of it.
        exchange.MarkEnd();
        Settlement.Settle(exchange);
        exchange.Limits?.Settle(exchange);
        cache.Keep(exchange);
        metrics.End(exchange);
        requests.Add(exchange);
        GatewayLog.Served(log, exchange);
    }

    /// <summary>Steps 1 to 5. Where the body is there already, as it is for most requests, nothing of it waits.</summary>
    /// <returns>Whether somebody is to be called; else the caller has been answered.</returns>
    private async ValueTask<bool> ReceiveAsync(Exchange exchange, List<Candidate> candidates)
    {
        // 4. Who calls: the headers say it, so a stranger's body is not even read.
        if (gatekeeper.Admit(exchange) is { } refusal)
        {
            await FailAsync(exchange, refusal);
            return false;
        }

        // 2. The whole body: a second candidate needs it again.
        var limit = (int)Math.Min((long)exchange.Snapshot.Config.Client.MaxRequestBodySizeMb << 20, Array.MaxLength);
        var read = await RequestBody.ReadAsync(exchange.Http.Request, limit, exchange.Aborted);
        exchange.Body = read.Body;
        if ((read.Error ?? gatekeeper.CheckSignature(exchange)) is { } unreadable)
        {
            await FailAsync(exchange, unreadable);
            return false;
        }

        if ((exchange.Marks & HeaderMarks.Own) != 0 && JobHeaders.IsPoll(exchange.Http.Request.Headers, out var job))
        {
            await FinishAsync(exchange, jobs.TellAsync(exchange, job));
            return false;
        }

        if (exchange.Snapshot.Config.Client.RequestDeadline is { } deadline)
        {
            exchange.Deadline.LimitWhole(deadline);
        }

        // 3. Model, stream and the like; the rest stays unparsed.
        var error = RequestPeek.Read(exchange.Body!.Memory.Span, exchange.Route.Rules, out var peek);
        exchange.Peek = peek;
        requests.Watch(exchange);

        // 5. Who could serve it.
        error ??= await Router.ResolveAsync(exchange, candidates);
        if (error is not null)
        {
            await FailAsync(exchange, error);
            return false;
        }

        if (exchange.Detached is null && (exchange.Route.AnswersEnvelope || ((exchange.Marks & HeaderMarks.Own) != 0 && JobHeaders.IsSubmission(exchange.Http.Request.Headers))))
        {
            await FinishAsync(exchange, jobs.SubmitAsync(exchange));
            return false;
        }

        // What it builds on, where responses are kept.
        if (await turns.BeginAsync(exchange) is { } forgotten)
        {
            await FailAsync(exchange, forgotten);
            return false;
        }

        if (candidates[0].IsEstimate)
        {
            await EstimateAsync(exchange, candidates[0]);
            return false;
        }

        if (exchange.Turn is not null && BackgroundRuns.Takes(exchange, candidates[0]))
        {
            await FinishAsync(exchange, background.SubmitAsync(exchange));
            return false;
        }

        return true;
    }

    /// <summary>Nobody answered; tokens can be counted here all the same.</summary>
    private static Task FailedAsync(Exchange exchange, Candidate primary, Attempt attempt) =>
        TokenCounts.IsRefused(exchange, attempt) ? EstimateAsync(exchange, primary) : FailAsync(exchange, attempt);

    /// <summary>The other call's end belongs to the request as well.</summary>
    private async Task EndAsync(Exchange exchange, Task<List<Expense>?> outrun)
    {
        try
        {
            exchange.AddExpenses(await outrun);
        }
        catch (Exception e)
        {
            GatewayLog.Crashed(log, e, exchange.Id);
        }
    }

    /// <summary>Nobody is called: the gateway's own answer of the counting operation.</summary>
    private static async Task EstimateAsync(Exchange exchange, Candidate candidate)
    {
        exchange.BeginAttempt(candidate);
        if (await TokenCounts.EstimateAsync(exchange) is { } error)
        {
            await FailAsync(exchange, error);
        }
    }

    /// <summary>Somebody else answers, unless it fails.</summary>
    private static async Task FinishAsync(Exchange exchange, Task<GatewayError?> answering)
    {
        if (await answering is { } error)
        {
            await FailAsync(exchange, error);
        }
    }

    private static async Task FailAsync(Exchange exchange, GatewayError error) => await FailAsync(exchange, Attempt.Failed(error, FailureCause.Gateway));

    private static async Task FailAsync(Exchange exchange, Attempt attempt)
    {
        exchange.Failure = attempt.Error;
        if (exchange.Http.Response.HasStarted)
        {
            // The head is out and the stream could not be ended in its own grammar: a cut connection is the honest end.
            exchange.Http.Abort();
            return;
        }

        exchange.Http.Response.Clear();
        Caller.AddHeaders(exchange, attempt.ErrorResponse);
        if (attempt.BodyWait is { } wait && exchange.Http.Response.Headers.RetryAfter.Count == 0)
        {
            exchange.Http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (!attempt.OwnErrorBody.IsEmpty)
        {
            await GatewayErrors.WriteBodyAsync(exchange.Http, attempt.Error!.Status, ErrorExtras.Splice(exchange, attempt.OwnErrorBody));
            return;
        }

        await GatewayErrors.WriteAsync(exchange, attempt.Error!);
    }
}
