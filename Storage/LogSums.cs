namespace BifrostLite.Storage;

/// <summary>Sums entries up in buckets; one per call of <see cref="IStore.LogStatsAsync"/>. The engines only read rows, so both say the same.</summary>
internal sealed class LogSums(TimeSpan bucket)
{
    /// <summary>The columns <see cref="Add"/> takes, in its order.</summary>
    public const string Columns = "time, CASE WHEN error <> '' THEN CAST(1 AS bigint) ELSE 0 END, input_tokens, output_tokens, coalesce(cost, 0), total_ms";

    private readonly SortedDictionary<long, Sum> _sums = [];

    public void Add(IRow row)
    {
        var time = row.Long(0);
        var start = time - (time % (long)bucket.TotalMilliseconds);
        if (!_sums.TryGetValue(start, out var sum))
        {
            _sums.Add(start, sum = new Sum());
        }

        sum.Errors += row.Long(1);
        sum.InputTokens += row.Long(2);
        sum.OutputTokens += row.Long(3);
        sum.Cost += row.Double(4);
        sum.Milliseconds.Add((float)row.Double(5));
    }

    public IReadOnlyList<LogBucket> Finish()
    {
        var buckets = new List<LogBucket>(_sums.Count);
        foreach (var (start, sum) in _sums)
        {
            sum.Milliseconds.Sort();
            buckets.Add(new LogBucket
            {
                Start = DateTimeOffset.FromUnixTimeMilliseconds(start),
                Requests = sum.Milliseconds.Count,
                Errors = sum.Errors,
                InputTokens = sum.InputTokens,
                OutputTokens = sum.OutputTokens,
                Cost = sum.Cost,
                P50 = sum.Percentile(50),
                P90 = sum.Percentile(90),
                P95 = sum.Percentile(95),
                P99 = sum.Percentile(99),
            });
        }

        return buckets;
    }

    private sealed class Sum
    {
        public long Errors { get; set; }

        public long InputTokens { get; set; }

        public long OutputTokens { get; set; }

        public double Cost { get; set; }

        /// <summary>Four bytes a request: exact percentiles of a million requests take 4 MB for a moment.</summary>
        public List<float> Milliseconds { get; } = [];

        /// <summary>The least value that at least so many of 100 do not exceed.</summary>
        public double Percentile(int share) => Milliseconds[((Milliseconds.Count * share) + 99) / 100 - 1];
    }
}
