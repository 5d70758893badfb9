using System.Collections.Concurrent;

namespace BifrostLite.Pipeline.Metrics;

/// <summary>Everything counted for one provider, model and kind of request.</summary>
/// <param name="labels">The labels of all its lines, as Prometheus writes them, without braces.</param>
internal sealed class ModelSeries(string labels)
{
    /// <summary>From a cached 20 ms to a reasoning model's minutes.</summary>
    private static readonly double[] Seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    /// <summary>In millionths of a second, as Bifrost counts its own work: from a small verbatim request to a large one that is translated.</summary>
    private static readonly double[] Microseconds = [25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000];

    /// <summary>From a thousand tokens a second to one.</summary>
    private static readonly double[] TokenSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

    /// <summary>Bifrost's buckets.</summary>
    private static readonly double[] RetryBounds = [0, 1, 2, 3, 5, 10];

    public long Upstream;
    public long Successes;
    public long InputTokens;
    public long OutputTokens;
    public long Cancelled;
    public long Estimated;
    public long Fallbacks;
    public long Hedges;
    public long DirectHits;
    public long SemanticHits;
    public long KeyRotations;

    /// <summary>In billionths of a dollar: cheap models cost less than a millionth.</summary>
    public long NanoDollars;

    private readonly ConcurrentDictionary<string, Counter> _errors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Counter> _losses = new(StringComparer.Ordinal);

    public string Labels => labels;

    public Histogram Latency { get; } = new(Seconds);

    public Histogram FirstToken { get; } = new(Seconds);

    public Histogram Overhead { get; } = new(Microseconds);

    public Histogram InterToken { get; } = new(TokenSeconds);

    public Histogram Retries { get; } = new(RetryBounds);

    public IEnumerable<Counter> Errors => Counter.Sorted(_errors.Values);

    public IEnumerable<Counter> Losses => Counter.Sorted(_losses.Values);

    /// <summary>Counts an error; both labels come from closed sets.</summary>
    public void CountError(int status, string type) => _errors.GetOrAdd(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"status_code=\"{status}\",error_type=\"{type}\""), static labels => new Counter(labels)).Add();

    public void CountLoss(string reason) => _losses.GetOrAdd(reason, static name => new Counter(name)).Add();
}

/// <summary>One number that only grows.</summary>
/// <param name="name">What it counts, as its label tells it.</param>
internal sealed class Counter(string name)
{
    private long _value;

    public string Name => name;

    public long Value => Interlocked.Read(ref _value);

    public void Add(long count = 1) => Interlocked.Add(ref _value, count);

    public static IEnumerable<Counter> Sorted(IEnumerable<Counter> counters) => counters.OrderBy(static counter => counter.Name, StringComparer.Ordinal);
}
