namespace BifrostLite.Storage;

/// <summary>
/// What outlives a request: records (jobs, responses, conversations), counters (budgets, rate limits) and the request log. Two engines:
/// one SQLite file, or PostgreSQL where several instances share the work. Every call returns at once and finishes on the engine's own
/// thread or connection; an engine's trouble is a <see cref="StoreFault"/>, never an exception. Nothing here knows a dialect or a provider.
/// </summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>How the store is: for /health and the metrics.</summary>
    StoreHealth Health { get; }

    /// <summary>
    /// Adds the record, or replaces the one of the same kind and id whatever its version. Acknowledged is durable: it survives a kill and,
    /// with SQLite, the loss of power.
    /// </summary>
    Task<StoreResult<bool>> PutAsync(StoredRecord record);

    /// <summary>The record, or null where there is none or it has expired. Whose it is (<see cref="StoredRecord.Owner"/>) is the asker's to compare.</summary>
    Task<StoreResult<StoredRecord?>> GetAsync(string kind, string id);

    /// <summary>True where there was one.</summary>
    Task<StoreResult<bool>> DeleteAsync(string kind, string id);

    /// <summary>Deletes all of a kind with this parent (the items of a conversation); gives their number.</summary>
    Task<StoreResult<long>> DeleteChildrenAsync(string kind, string parent);

    /// <summary>Records in the order they were first put.</summary>
    Task<StoreResult<IReadOnlyList<StoredRecord>>> ListAsync(RecordQuery query);

    /// <summary>
    /// Replaces the record only if it still has <see cref="StoredRecord.Version"/>; what is stored then has the next version. False where
    /// somebody was faster or it is gone.
    /// </summary>
    Task<StoreResult<bool>> TryUpdateAsync(StoredRecord record);

    /// <summary>
    /// Takes waiting records for one worker, each for exactly one, over all instances; owners take turns. Records whose lease ran out are
    /// taken again: <see cref="StoredRecord.Claims"/> says how often that happened.
    /// </summary>
    Task<StoreResult<IReadOnlyList<StoredRecord>>> ClaimAsync(RecordClaim claim);

    /// <summary>Adds to counters, all in one transaction; gives their new values in the same order.</summary>
    Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes);

    /// <summary>Values of counters in the same order; 0 for one that was never added to. Amounts are not looked at.</summary>
    Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters);

    /// <summary>Appends a batch of entries of the request log. Survives a kill; the last ones may be lost with the power.</summary>
    Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries);

    /// <summary>One page of the log without contents.</summary>
    Task<StoreResult<LogPage>> QueryLogsAsync(LogQuery query);

    /// <summary>One entry with its contents, or null.</summary>
    Task<StoreResult<LogEntry?>> GetLogAsync(string id);

    /// <summary>Entries of a filter summed up in buckets of time.</summary>
    Task<StoreResult<IReadOnlyList<LogBucket>>> LogStatsAsync(LogStatsQuery query);

    /// <summary>What can be filtered by.</summary>
    Task<StoreResult<LogValues>> LogValuesAsync(LogFilter filter);

    /// <summary>Writes what entries are found to have cost; at most a page of them.</summary>
    Task<StoreResult<bool>> SetLogCostsAsync(IReadOnlyList<LogCost> costs);

    /// <summary>Deletes entries with their contents; gives their number.</summary>
    Task<StoreResult<long>> DeleteLogsAsync(IReadOnlyList<string> ids);

    /// <summary>Deletes what has expired or is over the limits, in small steps between which others get their turn; gives the number of rows.</summary>
    Task<StoreResult<long>> SweepAsync(StoreLimits limits);
}
