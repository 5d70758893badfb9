using System.Collections.Concurrent;
using System.Globalization;

namespace BifrostLite.Pipeline.Metrics;

/// <summary>What is counted for one route template.</summary>
/// <param name="labels">Path and method, as Prometheus writes them, without braces.</param>
internal sealed class HttpSeries(string labels)
{
    private static readonly double[] Seconds = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    private static readonly double[] Bytes = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 16_777_216];

    private readonly ConcurrentDictionary<string, Counter> _byStatus = new(StringComparer.Ordinal);

    /// <summary>Most requests end so, and a field needs no look-up.</summary>
    private readonly Counter _ok = new("200");

    public string Labels => labels;

    public Histogram Duration { get; } = new(Seconds);

    public Histogram RequestBytes { get; } = new(Bytes);

    public Histogram ResponseBytes { get; } = new(Bytes);

    public IEnumerable<Counter> ByStatus => Counter.Sorted(_byStatus.Values.Append(_ok).Where(static count => count.Value > 0));

    public void Count(int status)
    {
        if (status == StatusCodes.Status200OK)
        {
            _ok.Add();
            return;
        }

        _byStatus.GetOrAdd(status.ToString(CultureInfo.InvariantCulture), static status => new Counter(status)).Add();
    }
}
