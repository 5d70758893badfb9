namespace BifrostLite.Pipeline.Routing;

/// <summary>How long the last answers of one model took to begin, to tell when one is unusually late.</summary>
internal sealed class Latencies
{
    /// <summary>Enough for a 99th percentile to be more than the slowest one, few enough to follow a provider's day.</summary>
    private const int Remembered = 256;

    /// <summary>From fewer a high percentile is no more than the slowest one seen.</summary>
    private const int Fewest = 20;

    private readonly Lock _gate = new();
    private readonly float[] _milliseconds = new float[Remembered];
    private int _count;

    public void Add(double milliseconds)
    {
        lock (_gate)
        {
            _milliseconds[_count++ % Remembered] = (float)milliseconds;
        }
    }

    /// <summary>The time within which so many percent of the answers began (nearest rank); null while too few are known.</summary>
    public TimeSpan? Percentile(double percent)
    {
        Span<float> sorted = stackalloc float[Remembered];
        lock (_gate)
        {
            if (_count < Fewest)
            {
                return null;
            }

            sorted = sorted[..Math.Min(_count, Remembered)];
            _milliseconds.AsSpan(0, sorted.Length).CopyTo(sorted);
        }

        sorted.Sort();
        return TimeSpan.FromMilliseconds(sorted[(int)Math.Ceiling(percent / 100 * sorted.Length) - 1]);
    }
}
