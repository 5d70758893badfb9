using System.Collections.Concurrent;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>
/// Works off the waiting records of a kind, a bounded number at a time, owners taking turns. A record is claimed with a lease that is
/// renewed while it is worked on: over several instances each is done by one, and what a killed instance left is taken again when its lease has run out.
/// </summary>
/// <param name="store">Where the records are.</param>
/// <param name="kind">Their kind.</param>
/// <param name="waiting">The state of those that wait.</param>
/// <param name="working">The state of those that are worked on.</param>
/// <param name="bell">Rung when one waits, or one is done.</param>
/// <param name="clock">Times the leases.</param>
/// <param name="log">Hears of what went wrong.</param>
internal sealed class ClaimLoop(IStore store, string kind, string waiting, string working, JobBell bell, TimeProvider clock, ILogger log)
{
    /// <summary>New records ring the bell; this is for those that other instances left.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly string _worker = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private readonly ConcurrentDictionary<Task, Task> _work = new();
    private int _running;

    /// <summary>Runs until the gateway stops, and all work has come to its end.</summary>
    /// <param name="most">How many records may be worked on at once now.</param>
    /// <param name="work">Works on one, and stores what came of it.</param>
    /// <param name="stopping">The gateway stops.</param>
    public async Task RunAsync(Func<int> most, Func<JobLease, Task> work, CancellationToken stopping)
    {
        // Never on the thread that starts the host, nor on one that polls sockets.
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            var free = most() - Volatile.Read(ref _running);
            if (free <= 0 || await ClaimAsync(free, work, stopping) < free)
            {
                await bell.WaitAsync(Look, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // What was broken off is given back before the store closes: the next start need not wait for the lease.
        await Task.WhenAll(_work.Keys);
    }

    private async Task<int> ClaimAsync(int limit, Func<JobLease, Task> work, CancellationToken stopping)
    {
        var claimed = await store.ClaimAsync(
            new RecordClaim { Kind = kind, From = waiting, To = working, Worker = _worker, Lease = JobLease.Length, Limit = limit });
        if (!claimed.IsDone)
        {
            JobLog.Unclaimed(log, kind, claimed.Fault.Message);
            return 0;
        }

        foreach (var record in claimed.Value)
        {
            Interlocked.Increment(ref _running);
            var task = Task.Run(() => WorkAsync(record, work, stopping), CancellationToken.None);
            _work[task] = task;
            _ = task.ContinueWith(done => _work.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return claimed.Value.Count;
    }

    private async Task WorkAsync(StoredRecord record, Func<JobLease, Task> work, CancellationToken stopping)
    {
        try
        {
            await using var lease = new JobLease(store, record, clock, stopping);
            await work(lease);
        }
        catch (Exception e)
        {
            JobLog.Crashed(log, e, kind, record.Id);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            bell.Ring();
        }
    }
}
