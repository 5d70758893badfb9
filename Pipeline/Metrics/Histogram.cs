namespace BifrostLite.Pipeline.Metrics;

/// <summary>Counts observations in fixed buckets, from many threads, without a lock or an allocation.</summary>
/// <param name="bounds">Upper bounds, ascending, as Prometheus prints them ("le").</param>
internal sealed class Histogram(double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];

    /// <summary>Sum of the observations in millionths: a double cannot be added to atomically.</summary>
    private long _micros;

    public double[] Bounds => bounds;

    public double Sum => Interlocked.Read(ref _micros) / 1_000_000.0;

    public bool IsEmpty
    {
        get
        {
            for (var i = 0; i <= bounds.Length; i++)
            {
                if (CountAt(i) > 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _micros, (long)(value * 1_000_000));
    }

    /// <summary>Observations in one bucket alone; the last is for what is above every bound.</summary>
    public long CountAt(int bucket) => Interlocked.Read(ref _counts[bucket]);
}
