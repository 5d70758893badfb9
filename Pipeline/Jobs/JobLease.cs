using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>Keeps a claimed record claimed while it is worked on.</summary>
internal sealed class JobLease(IStore store, StoredRecord claimed, TimeSpan lease, TimeSpan renewal, TimeProvider clock)
{
    /// <summary>The record as it stands in the store now; its version is needed to change it.</summary>
    public StoredRecord Record { get; private set; } = claimed;

    /// <summary>Renews until <paramref name="work"/> is cancelled; cancels it when somebody else has the record.</summary>
    public async Task RenewAsync(CancellationTokenSource work)
    {
        while (true)
        {
            await Task.Delay(renewal, clock, work.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (work.IsCancellationRequested)
            {
                return;
            }

            var renewed = Record with { LeaseUntil = clock.GetUtcNow() + lease };
            var result = await store.TryUpdateAsync(renewed);
            if (!result.IsDone)
            {
                continue; // the store's trouble may pass before the lease does
            }

            if (!result.Value)
            {
                await work.CancelAsync();
                return;
            }

            Record = renewed with { Version = renewed.Version + 1 };
        }
    }
}
