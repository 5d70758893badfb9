namespace BifrostLite.Storage;

/// <summary>Which log entries: every given member must match; a list matches any of its values.</summary>
internal sealed record LogFilter
{
    public DateTimeOffset? From { get; init; }

    /// <summary>Entries before this moment.</summary>
    public DateTimeOffset? To { get; init; }

    public IReadOnlyList<string> Providers { get; init; } = [];

    public IReadOnlyList<string> Models { get; init; } = [];

    public IReadOnlyList<string> VirtualKeys { get; init; } = [];

    /// <summary>Names of provider keys.</summary>
    public IReadOnlyList<string> KeyNames { get; init; } = [];

    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>
    /// A part of what was asked or answered, as it stands in those bodies; upper and lower case of ASCII are one. Looks through the contents of
    /// all entries that match the rest. Sealed contents hold nothing that could be found.
    /// </summary>
    public string Content { get; init; } = "";

    /// <summary>Only entries whose price is not known.</summary>
    public bool IsCostMissing { get; init; }

    public IReadOnlyList<string> Operations { get; init; } = [];

    /// <summary>True for failed requests only, false for those that went well.</summary>
    public bool? IsError { get; init; }

    public double? MinMilliseconds { get; init; }

    public double? MaxMilliseconds { get; init; }

    public long? MinTokens { get; init; }

    public long? MaxTokens { get; init; }

    public double? MinCost { get; init; }

    public double? MaxCost { get; init; }
}

/// <summary>What a page of the log is sorted by.</summary>
internal enum LogOrder
{
    Time,
    Milliseconds,
    Tokens,
    Cost,
}

/// <summary>One page of the log.</summary>
internal sealed record LogQuery
{
    public LogFilter Filter { get; init; } = new();

    public LogOrder Order { get; init; }

    public bool Ascending { get; init; }

    public int Offset { get; init; }

    public int Limit { get; init; } = 50;

    /// <summary>Only entries before this <see cref="LogEntry.Sequence"/>: goes through a growing log without seeing an entry twice.</summary>
    public long? Before { get; init; }

    /// <summary>Whether <see cref="LogPage.Total"/> is wanted: it costs a walk through all that match.</summary>
    public bool CountsTotal { get; init; }
}

/// <param name="Entries">Without contents.</param>
/// <param name="Total">All that match, or null where nobody asked.</param>
internal sealed record LogPage(IReadOnlyList<LogEntry> Entries, LogTotals? Total);

/// <summary>All entries of a filter in five numbers.</summary>
internal sealed record LogTotals(long Requests, long Errors, double MeanMilliseconds, long Tokens, double Cost);

/// <summary>What entries of one span of time are told apart by.</summary>
internal enum LogGroup
{
    None,
    Model,
    Provider,
    VirtualKey,
}

/// <summary>What is to be summed up.</summary>
internal sealed record LogStatsQuery
{
    public LogFilter Filter { get; init; } = new();

    /// <summary>Length of a bucket.</summary>
    public required TimeSpan Bucket { get; init; }

    public LogGroup Group { get; init; }

    /// <summary>Whether <see cref="LogBucket.CacheReadTokens"/> is wanted: no column has it, it is looked for in each entry's facts.</summary>
    public bool CountsCacheReads { get; init; }
}

/// <summary>The entries of one span of time, summed up; of one group where they are told apart.</summary>
internal sealed record LogBucket
{
    public required DateTimeOffset Start { get; init; }

    /// <summary>Name of the model, provider or virtual key; empty without groups.</summary>
    public string Group { get; init; } = "";

    public long Requests { get; init; }

    /// <summary>All that failed, those the caller gave up included.</summary>
    public long Errors { get; init; }

    /// <summary>Those the caller gave up.</summary>
    public long Cancelled { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long CacheReadTokens { get; init; }

    public double Cost { get; init; }

    public double MeanMilliseconds { get; init; }

    /// <summary>Latencies below which half, 90, 95 and 99 of 100 requests lie, in milliseconds.</summary>
    public double P50 { get; init; }

    public double P90 { get; init; }

    public double P95 { get; init; }

    public double P99 { get; init; }
}
