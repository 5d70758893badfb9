namespace BifrostLite.Pipeline;

/// <summary>
/// Gives memory back after the start and after a busy time. Without new objects .NET collects nothing: a gateway at rest would keep
/// for days what its busiest minute took. Looks every so often, and collects once when hardly anybody is served any more. Where thousands of
/// slow streams came in, what it took to open them lies between what holds them: that is collected as well, once they are there.
/// </summary>
internal sealed class QuietCollector(TimeProvider clock) : IHostedService, IDisposable
{
    /// <summary>Fewer new bytes than this between two looks are quiet: some twenty requests a second.</summary>
    internal const long QuietBytes = 4 << 20;

    /// <summary>What must have been allocated since the last time for a collection to be worth its pause: four young generations.</summary>
    internal const long WorthwhileBytes = 16 << 20;

    /// <summary>Fewer new bytes than this between two looks leave time for a pause: a few hundred requests a second, or ten thousand slow streams.</summary>
    internal const long CalmBytes = 64 << 20;

    /// <summary>
    /// So many more looks after a quiet collection, a minute and a half: the shared pool keeps an array for a minute and lets go of one at a time, at
    /// collections only. As long as they bring something they go on.
    /// </summary>
    internal const int LooksForPool = 6;

    /// <summary>What a collection for the pool must bring for another: an array of a coding agent's request.</summary>
    private const long WorthwhileArray = 256 << 10;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Later than a client that waited for the port needs for its first answer, which the collection's pause would hold up.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);

    private ITimer? _timer;
    private long _seen;
    private long _collected = -WorthwhileBytes; // what starting left behind is worth it
    private long _live;
    private int _looksForPool;

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
    /// <param name="held">Bytes the heap holds, living and dead.</param>
    internal bool IsDue(long allocated, long held)
    {
        var since = allocated - _seen;
        _seen = allocated;
        var isWorthIt = since <= QuietBytes ? allocated - _collected >= WorthwhileBytes
            : since <= CalmBytes && held - _live >= Math.Max(WorthwhileBytes, _live / 3);
        if (isWorthIt)
        {
            _collected = allocated;
            _looksForPool = LooksForPool;
            return true;
        }

        var isForPool = since <= QuietBytes && _looksForPool > 0;
        _looksForPool -= isForPool ? 1 : 0;
        return isForPool;
    }

    /// <summary>What a collection left is what lives.</summary>
    internal void Collected(long live)
    {
        _looksForPool = _live - live >= WorthwhileArray ? LooksForPool : _looksForPool;
        _live = live;
    }

    private void Look()
    {
        if (IsDue(GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false)))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            Collected(GC.GetTotalMemory(forceFullCollection: false));
            ColdPages.Release();
        }
    }
}
