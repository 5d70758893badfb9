using System.Text.Json;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>Runs jobs on the way of every request, as <see cref="ClaimLoop"/> hands them out, and makes the webhook calls of those that are over.</summary>
internal sealed class JobRunner(
    Stores stores, JobBell bell, JobDoors doors, Gateway gateway, SnapshotSource snapshots, WebhookSender webhooks, TimeProvider clock, ILogger<JobRunner> log)
    : BackgroundService
{
    private readonly JobBell _webhookBell = new();

    public override void Dispose()
    {
        base.Dispose();
        _webhookBell.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (stores.Logs is not { } store)
        {
            return Task.CompletedTask;
        }

        var jobs = new ClaimLoop(store, JobKinds.Job, JobStates.Pending, JobStates.Processing, bell, clock, log);
        var calls = new ClaimLoop(store, JobKinds.Webhook, JobStates.Pending, JobStates.Processing, _webhookBell, clock, log);
        return Task.WhenAll(
            jobs.RunAsync(() => snapshots.Current.Config.Client.AsyncWorkers, lease => RunAsync(store, lease), stoppingToken),
            calls.RunAsync(static () => WebhookSender.AtOnce, lease => webhooks.SendAsync(store, lease), stoppingToken));
    }

    private async Task RunAsync(IStore store, JobLease lease)
    {
        JobDocument? ended = null;
        try
        {
            ended = await AnswerAsync(lease.Claimed, lease.Token);
        }
        catch (OperationCanceledException) when (lease.Token.IsCancellationRequested)
        {
            // Stopping, or somebody else has it: what came of it does not count.
        }

        await EndAsync(store, await lease.EndAsync(), ended);
    }

    /// <summary>The job with its answer.</summary>
    private async Task<JobDocument> AnswerAsync(StoredRecord record, CancellationToken cancellationToken)
    {
        if (JobBoard.Read(record) is not { } job || doors.Find(job.Door) is not { } door)
        {
            var unknown = new GatewayError(500, ErrorKind.Server, "this version of the gateway cannot read the stored job");
            return new JobDocument { Door = "", RequestId = "", ResultSeconds = 3600, Outcome = Failure(Dialects.Chat, unknown) };
        }

        var mayRepeat = record.Claims <= 1 || snapshots.Current.Config.Client.RerunsJobs;
        var outcome = mayRepeat
            ? await DetachedCall.RunAsync(gateway, door with { IsUnified = job.IsUnified }, job, new DetachedCaller(record.Owner), clock, cancellationToken)
            : Failure(door.Dialect, new GatewayError(
                500, ErrorKind.Server, "the gateway was stopped while this job ran, and client.async_on_restart says not to run it again; it may have been billed"));
        return job with { Body = default, Headers = [], Outcome = outcome };
    }

    private async Task EndAsync(IStore store, StoredRecord record, JobDocument? job)
    {
        if (job is null)
        {
            await store.TryUpdateAsync(record with { State = JobStates.Pending, Worker = "", LeaseUntil = null });
            return;
        }

        var outcome = job.Outcome!;
        var ended = record with
        {
            State = outcome.IsGood ? JobStates.Completed : JobStates.Failed,
            ExpiresAt = outcome.CompletedAt.AddSeconds(job.ResultSeconds),
            Worker = "",
            LeaseUntil = null,
            Body = JsonSerializer.SerializeToUtf8Bytes(job, JobJsonContext.Default.JobDocument),
        };
        if (job.Webhook.Length > 0)
        {
            // First the call, then the end: in the other order a kill between them would forget the call. Told twice is better than never.
            await store.PutAsync(WebhookSender.Due(ended, job, clock.GetUtcNow()));
        }

        var updated = await store.TryUpdateAsync(ended);
        if (job.Webhook.Length > 0)
        {
            _webhookBell.Ring();
        }

        if (!updated.IsDone)
        {
            JobLog.Unstored(log, JobKinds.Job, record.Id, updated.Fault.Message);
        }
    }

    private JobOutcome Failure(Dialect dialect, GatewayError error)
    {
        using var body = new PooledBuffer(512);
        dialect.WriteError(error, body);
        return new JobOutcome { Status = error.Status, ContentType = "application/json", Body = body.Memory.ToArray(), CompletedAt = clock.GetUtcNow() };
    }
}
