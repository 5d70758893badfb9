namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>Has the ledger recall what an earlier process has counted, for each counter as it is made: at start, and when limits are added.</summary>
internal sealed class LimitRecall(LimitCounters counters, LimitLedger ledger) : BackgroundService
{
    /// <summary>So many are looked up at once: a gateway may have a hundred thousand virtual keys.</summary>
    private const int Batch = 256;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await counters.Made.WaitToReadAsync(stoppingToken))
        {
            var batch = new List<LimitCounter>();
            while (batch.Count < Batch && counters.Made.TryRead(out var counter))
            {
                batch.Add(counter);
            }

            await ledger.RecallAsync(batch);
        }
    }
}
