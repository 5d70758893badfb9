using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>A claimed record, kept claimed while it is worked on.</summary>
internal sealed class JobLease : IAsyncDisposable
{
    /// <summary>How long a killed instance's work waits before another takes it.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _work;
    private readonly Task _renewing;
    private StoredRecord _record;

    public JobLease(IStore store, StoredRecord claimed, TimeProvider clock, CancellationToken stopping)
    {
        _store = store;
        _clock = clock;
        _record = Claimed = claimed;
        _work = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Token = _work.Token;
        _renewing = RenewAsync();
    }

    /// <summary>The record as it was claimed.</summary>
    public StoredRecord Claimed { get; }

    /// <summary>Cancelled when the gateway stops, or somebody else has the record: what comes of the work then does not count.</summary>
    public CancellationToken Token { get; }

    /// <summary>Ends the lease; gives the record as it stands in the store now: its version is needed to change it.</summary>
    public async Task<StoredRecord> EndAsync()
    {
        await _work.CancelAsync();
        await _renewing;
        return _record;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _work.Dispose();
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(Renewal, _clock, Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Token.IsCancellationRequested)
            {
                return;
            }

            var renewed = _record with { LeaseUntil = _clock.GetUtcNow() + Length };
            var result = await _store.TryUpdateAsync(renewed);
            if (!result.IsDone)
            {
                continue; // the store's trouble may pass before the lease does
            }

            if (!result.Value)
            {
                await _work.CancelAsync();
                return;
            }

            _record = renewed with { Version = renewed.Version + 1 };
        }
    }
}
