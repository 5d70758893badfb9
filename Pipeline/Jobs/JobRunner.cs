using System.Text.Json;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;
using Microsoft.Extensions.Hosting;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>
/// Runs jobs on the way of every request, a bounded number at a time, owners taking turns. A job is claimed with a lease that is renewed
/// while it runs: over several instances each is run by one, and what a killed instance left is taken again when its lease has run out.
/// </summary>
internal sealed partial class JobRunner(
    Stores stores, JobBell bell, JobDoors doors, Gateway gateway, SnapshotSource snapshots, WebhookSender webhooks, TimeProvider clock, ILogger<JobRunner> log)
    : BackgroundService
{
    /// <summary>How long a killed instance's job waits before another takes it.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    /// <summary>New jobs ring the bell; this is for those that other instances left.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly string _worker = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private int _running;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (stores.Logs is not { } store)
        {
            return;
        }

        // Never on the thread that starts the host, nor on one that polls sockets.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var free = snapshots.Current.Config.Client.AsyncWorkers - Volatile.Read(ref _running);
            var taken = free > 0 ? await ClaimAsync(store, JobKinds.Job, free, stoppingToken) : 0;
            await ClaimAsync(store, JobKinds.Webhook, WebhookSender.AtOnce, stoppingToken);
            if (taken < Math.Max(free, 1))
            {
                await bell.WaitAsync(Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> ClaimAsync(IStore store, string kind, int limit, CancellationToken stopping)
    {
        var claimed = await store.ClaimAsync(new RecordClaim
        {
            Kind = kind, From = JobStates.Pending, To = JobStates.Processing, Worker = _worker, Lease = Lease, Limit = limit,
        });
        if (!claimed.IsDone)
        {
            JobLog.Unclaimed(log, claimed.Fault.Message);
            return 0;
        }

        foreach (var record in claimed.Value)
        {
            if (kind == JobKinds.Job)
            {
                Interlocked.Increment(ref _running);
                _ = Task.Run(() => RunAsync(store, record, stopping), CancellationToken.None);
            }
            else
            {
                _ = Task.Run(() => webhooks.SendAsync(store, record, stopping), CancellationToken.None);
            }
        }

        return claimed.Value.Count;
    }

    private async Task RunAsync(IStore store, StoredRecord record, CancellationToken stopping)
    {
        try
        {
            using var run = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var lease = new JobLease(store, record, Lease, Renewal, clock);
            var renewing = lease.RenewAsync(run);
            JobDocument? ended = null;
            try
            {
                ended = await AnswerAsync(record, run.Token);
            }
            catch (OperationCanceledException) when (run.IsCancellationRequested)
            {
                // Stopping, or somebody else has it: what came of it does not count.
            }

            await run.CancelAsync();
            await renewing;
            await EndAsync(store, lease.Record, ended);
        }
        catch (Exception e)
        {
            JobLog.Crashed(log, e, record.Id);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            bell.Ring();
        }
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
            // Given back at once: the next start need not wait for the lease.
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
            await store.PutAsync(WebhookSender.Due(ended, job.Webhook, clock.GetUtcNow()));
        }

        var updated = await store.TryUpdateAsync(ended);
        if (!updated.IsDone)
        {
            JobLog.Unstored(log, record.Id, updated.Fault.Message);
        }
    }

    private JobOutcome Failure(Dialect dialect, GatewayError error)
    {
        using var body = new PooledBuffer(512);
        dialect.WriteError(error, body);
        return new JobOutcome { Status = error.Status, ContentType = "application/json", Body = body.Memory.ToArray(), CompletedAt = clock.GetUtcNow() };
    }
}
