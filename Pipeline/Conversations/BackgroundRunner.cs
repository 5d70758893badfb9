using System.Text.Json;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>Runs background responses on the way of every request, as <see cref="ClaimLoop"/> hands them out.</summary>
internal sealed class BackgroundRunner(
    BackgroundRuns runs, ResponseBook book, ConversationBook conversations, JobDoors doors, Gateway gateway, SnapshotSource snapshots, TimeProvider clock,
    ILogger<BackgroundRunner> log) : BackgroundService
{
    private static readonly GatewayError Stopped = new(
        500, ErrorKind.Server, "The gateway was stopped while this response was made, and client.async_on_restart says not to make it again; it may have been billed.");

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (book.Store is not { } store)
        {
            return Task.CompletedTask;
        }

        var loop = new ClaimLoop(store, BackgroundRuns.Kind, BackgroundRuns.Queued, BackgroundRuns.InProgress, runs.Bell, clock, log);
        return loop.RunAsync(() => snapshots.Current.Config.Client.AsyncWorkers, lease => RunAsync(store, lease), stoppingToken);
    }

    private async Task RunAsync(IStore store, JobLease lease)
    {
        var record = lease.Claimed;
        try
        {
            var request = JsonSerializer.Deserialize(record.Body.Span, BackgroundJsonContext.Default.BackgroundRequest)!;
            var (response, isOver) = await BeginAsync(record, request);
            if (response is not null)
            {
                var live = runs.Open(record.Id, request.IsStream);
                using var run = CancellationTokenSource.CreateLinkedTokenSource(lease.Token, live.Cancelled);
                var ended = await AnswerAsync(record, request, response, live, run.Token);
                if (ended is null && !live.Cancelled.IsCancellationRequested)
                {
                    await store.TryUpdateAsync(await lease.EndAsync() with { State = BackgroundRuns.Queued, Worker = "", LeaseUntil = null });
                    return;
                }

                isOver = ended is null || await EndAsync(request, ended, live);
            }

            await lease.EndAsync();
            if (isOver)
            {
                await store.DeleteAsync(BackgroundRuns.Kind, record.Id);
            }
            else
            {
                // When the lease has run out it is begun again, and says so.
                JobLog.Unstored(log, BackgroundRuns.Kind, record.Id, store.Health.Fault?.Message);
            }
        }
        finally
        {
            runs.Forget(record.Id);
        }
    }

    /// <summary>The response, now in progress; else null, and whether nothing is left to do: it was cancelled, deleted, or made before a kill.</summary>
    private async Task<(StoredResponse? Response, bool IsOver)> BeginAsync(StoredRecord record, BackgroundRequest request)
    {
        var id = record.Owner.Length == 0 ? record.Id : record.Id[(record.Owner.Length + 1)..];
        var (response, error) = await book.FindAsync(record.Owner, id);
        if (response is null || error is not null)
        {
            return (null, error is null);
        }

        if (response.IsOver)
        {
            return (null, await RememberAsync(request, response));
        }

        var begun = response with
        {
            Status = BackgroundRuns.InProgress, Runs = record.Claims, Answer = ResponsesStates.With(response.Answer.Span, BackgroundRuns.InProgress),
        };
        var updated = await book.TryUpdateAsync(begun);
        return (updated == true ? begun with { Version = begun.Version + 1 } : null, updated == false);
    }

    /// <summary>The response with its answer; null where the work was broken off.</summary>
    private async Task<StoredResponse?> AnswerAsync(
        StoredRecord record, BackgroundRequest request, StoredResponse response, LiveResponse live, CancellationToken cancellationToken)
    {
        if (record.Claims > 1 && !snapshots.Current.Config.Client.RerunsJobs)
        {
            return Failed(response, Stopped);
        }

        if (doors.Find(request.Door) is not { } door)
        {
            return Failed(response, new GatewayError(500, ErrorKind.Server, "This version of the gateway cannot read the stored request."));
        }

        using var intake = new EventIntake(response.Id, response.Previous, live);
        var http = new DetachedRequest("/v1/responses", request.Headers, request.RequestId, request.Body).Open(intake, cancellationToken);
        await gateway.ServeAsync(http, door, PathFacts.None, new DetachedCaller(record.Owner) { ResponseId = response.Id });
        if (cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        intake.Complete(http.Response.StatusCode);
        if (intake.Final is not { } final)
        {
            return Failed(response, intake.Error!);
        }

        var status = JsonPick.Text(final, "status"u8);
        return response with { Status = status, Answer = final, Provider = http.Response.Headers["x-bf-provider"].ToString() };
    }

    /// <summary>
    /// First what resuming readers need, then the end they can see; false where the store failed. Readers of the conversation wait
    /// from before the end can be seen: who has seen it finds the items there.
    /// </summary>
    private async Task<bool> EndAsync(BackgroundRequest request, StoredResponse ended, LiveResponse live)
    {
        if (live.KeepsEvents && !await book.PutAsync(book.EventsOf(ended, live.Everything())))
        {
            return false;
        }

        return request.Conversation.Length == 0
            ? await book.TryUpdateAsync(ended) is not null
            : await book.UnderWay.TrackAsync(ResponseBook.KeyOf(ended.Owner, request.Conversation), () => EndInConversationAsync(request, ended));
    }

    private async Task<bool> EndInConversationAsync(BackgroundRequest request, StoredResponse ended) => await book.TryUpdateAsync(ended) switch
    {
        true => await RememberAsync(request, ended),
        var nothing => nothing is not null,
    };

    /// <summary>What was said belongs to its conversation.</summary>
    private async Task<bool> RememberAsync(BackgroundRequest request, StoredResponse ended) =>
        request.Conversation.Length == 0 || ended.Status == "cancelled" || await conversations.AppendAsync(ended.Owner, request.Conversation, ended);

    private static StoredResponse Failed(StoredResponse response, GatewayError error) =>
        response with { Status = "failed", Answer = ResponsesStates.With(response.Answer.Span, "failed", error) };
}
