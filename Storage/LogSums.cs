namespace BifrostLite.Storage;

/// <summary>Sums entries up in buckets; one per call of <see cref="IStore.LogStatsAsync"/>. The engines only read rows, so both say the same.</summary>
internal sealed class LogSums(LogStatsQuery query)
{
    private readonly SortedDictionary<long, Dictionary<string, Sum>> _sums = [];

    /// <summary>The statement whose rows <see cref="Add"/> takes.</summary>
    public string Select(LogFilterSql filter)
    {
        var group = query.Group switch
        {
            LogGroup.Model => "model",
            LogGroup.Provider => "provider",
            LogGroup.VirtualKey => "virtual_key",
            _ => "''",
        };
        var facts = query.CountsCacheReads ? "facts" : "''";
        return $"""
            SELECT time, CASE error WHEN '' THEN CAST(0 AS bigint) WHEN 'cancelled' THEN CAST(2 AS bigint) ELSE CAST(1 AS bigint) END,
              input_tokens, output_tokens, coalesce(cost, 0), total_ms, {group}, {facts}
            FROM lite_logs{filter.Where}
            """;
    }

    public void Add(IRow row)
    {
        var time = row.Long(0);
        var start = time - (time % (long)query.Bucket.TotalMilliseconds);
        if (!_sums.TryGetValue(start, out var groups))
        {
            _sums.Add(start, groups = []);
        }

        var group = query.Group == LogGroup.None ? "" : row.Text(6);
        if (!groups.TryGetValue(group, out var sum))
        {
            groups.Add(group, sum = new Sum());
        }

        var outcome = row.Long(1);
        sum.Errors += Math.Min(outcome, 1);
        sum.Cancelled += outcome / 2;
        sum.InputTokens += row.Long(2);
        sum.OutputTokens += row.Long(3);
        sum.Cost += row.Double(4);
        sum.Milliseconds.Add((float)row.Double(5));
        if (query.CountsCacheReads)
        {
            sum.CacheReadTokens += LogFacts.NumberIn(row.Text(7), LogFact.CacheReadTokens);
        }
    }

    public IReadOnlyList<LogBucket> Finish()
    {
        var buckets = new List<LogBucket>(_sums.Count);
        foreach (var (start, groups) in _sums)
        {
            var names = new string[groups.Count];
            groups.Keys.CopyTo(names, 0);
            Array.Sort(names, StringComparer.Ordinal);
            foreach (var name in names)
            {
                buckets.Add(groups[name].Finish(start, name));
            }
        }

        return buckets;
    }

    private sealed class Sum
    {
        public long Errors { get; set; }

        public long Cancelled { get; set; }

        public long CacheReadTokens { get; set; }

        public long InputTokens { get; set; }

        public long OutputTokens { get; set; }

        public double Cost { get; set; }

        /// <summary>Four bytes a request: exact percentiles of a million requests take 4 MB for a moment.</summary>
        public List<float> Milliseconds { get; } = [];

        public LogBucket Finish(long start, string group)
        {
            Milliseconds.Sort();
            return new LogBucket
            {
                Start = DateTimeOffset.FromUnixTimeMilliseconds(start),
                Group = group,
                Requests = Milliseconds.Count,
                Errors = Errors,
                Cancelled = Cancelled,
                InputTokens = InputTokens,
                OutputTokens = OutputTokens,
                CacheReadTokens = CacheReadTokens,
                Cost = Cost,
                MeanMilliseconds = Mean(),
                P50 = Percentile(50),
                P90 = Percentile(90),
                P95 = Percentile(95),
                P99 = Percentile(99),
            };
        }

        private double Mean()
        {
            var sum = 0.0;
            foreach (var one in Milliseconds)
            {
                sum += one;
            }

            return sum / Milliseconds.Count;
        }

        /// <summary>The least value that at least so many of 100 do not exceed.</summary>
        private double Percentile(int share) => Milliseconds[((Milliseconds.Count * share) + 99) / 100 - 1];
    }
}
