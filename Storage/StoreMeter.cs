using System.Diagnostics;

namespace BifrostLite.Storage;

/// <summary>Counts an engine's calls for its <see cref="StoreHealth"/>. Safe from any thread.</summary>
internal sealed class StoreMeter(string engine)
{
    private int _queue;
    private long _calls;
    private long _failures;
    private long _ticks;
    private volatile StoreFault? _fault;

    public StoreHealth Health => new()
    {
        Engine = engine,
        Fault = _fault,
        Queue = Volatile.Read(ref _queue),
        Calls = Volatile.Read(ref _calls),
        Failures = Volatile.Read(ref _failures),
        Seconds = (double)Volatile.Read(ref _ticks) / Stopwatch.Frequency,
    };

    /// <summary>A call came; gives what <see cref="End"/> wants.</summary>
    public long Begin()
    {
        Interlocked.Increment(ref _queue);
        return Stopwatch.GetTimestamp();
    }

    public void End(long begun, StoreFault? fault)
    {
        Interlocked.Decrement(ref _queue);
        Interlocked.Increment(ref _calls);
        Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - begun);
        if (fault is not null)
        {
            Interlocked.Increment(ref _failures);
        }

        _fault = fault;
    }
}
