using System.Diagnostics;

namespace BifrostLite.Storage;

/// <summary>Counts an engine's calls for its <see cref="StoreHealth"/>. Safe from any thread.</summary>
internal sealed class StoreMeter(string engine)
{
    /// <summary>Upper bounds in seconds: a call in memory, a page read, a disk's sync, a busy disk, trouble.</summary>
    public static readonly double[] Bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5];

    private readonly long[] _within = new long[Bounds.Length];
    private int _queue;
    private long _calls;
    private long _failures;
    private long _ticks;
    private volatile StoreFault? _writing;
    private volatile StoreFault? _reading;

    public StoreHealth Health => new()
    {
        Engine = engine,
        Fault = _writing ?? _reading,
        Queue = Volatile.Read(ref _queue),
        Calls = Volatile.Read(ref _calls),
        Failures = Volatile.Read(ref _failures),
        Within = [.. _within],
        Seconds = (double)Volatile.Read(ref _ticks) / Stopwatch.Frequency,
    };

    /// <summary>A call came; gives what <see cref="End"/> wants.</summary>
    public long Begin()
    {
        Interlocked.Increment(ref _queue);
        return Stopwatch.GetTimestamp();
    }

    /// <param name="begun">What <see cref="Begin"/> gave.</param>
    /// <param name="fault">Its trouble; null for none.</param>
    /// <param name="isWriting">A good reading does not mean that a full disk takes writes again.</param>
    public void End(long begun, StoreFault? fault, bool isWriting = true)
    {
        Interlocked.Decrement(ref _queue);
        Interlocked.Increment(ref _calls);
        var ticks = Stopwatch.GetTimestamp() - begun;
        Interlocked.Add(ref _ticks, ticks);
        var seconds = (double)ticks / Stopwatch.Frequency;
        for (var i = Bounds.Length - 1; i >= 0 && seconds <= Bounds[i]; i--)
        {
            Interlocked.Increment(ref _within[i]);
        }

        if (fault is not null)
        {
            Interlocked.Increment(ref _failures);
        }

        if (isWriting)
        {
            _writing = fault;
        }
        else
        {
            _reading = fault;
        }
    }
}
