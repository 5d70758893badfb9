namespace BifrostLite.Pipeline;

/// <summary>
/// Gives memory back after the start and after a busy time. Without new objects .NET collects nothing: a gateway at rest would keep
/// for days what its busiest minute took. Looks every so often, and collects once when hardly anybody is served any more.
/// </summary>
internal sealed class QuietCollector(TimeProvider clock) : IHostedService, IDisposable
{
    /// <summary>Fewer new bytes than this between two looks are quiet: some twenty requests a second.</summary>
    internal const long QuietBytes = 4 << 20;

    /// <summary>What must have been allocated since the last time for a collection to be worth its pause: four young generations.</summary>
    internal const long WorthwhileBytes = 16 << 20;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Later than a client that waited for the port needs for its first answer, which the collection's pause would hold up.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);

    private ITimer? _timer;
    private long _seen;
    private long _collected = -WorthwhileBytes; // what starting left behind is worth it

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _seen = GC.GetTotalAllocatedBytes();
        _timer = clock.CreateTimer(static state => ((QuietCollector)state!).Look(), this, FirstLook, Period);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>Whether to collect now.</summary>
    /// <param name="allocated">Bytes allocated since the process began.</param>
    internal bool IsDue(long allocated)
    {
        var isQuiet = allocated - _seen <= QuietBytes;
        _seen = allocated;
        if (!isQuiet || allocated - _collected < WorthwhileBytes)
        {
            return false;
        }

        _collected = allocated;
        return true;
    }

    private void Look()
    {
        if (IsDue(GC.GetTotalAllocatedBytes()))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            ColdPages.Release();
        }
    }
}
