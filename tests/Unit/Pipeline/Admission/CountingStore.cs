using BifrostLite.Storage;

namespace BifrostLite.Tests.Unit.Pipeline.Admission;

/// <summary>A store in memory that has nothing but counters, can fail, and counts its writes.</summary>
internal sealed class CountingStore : IStore
{
    private readonly Dictionary<(string Key, DateTimeOffset Window), long> _counters = [];
    private readonly Lock _lock = new();

    public StoreHealth Health => throw new NotSupportedException();

    public bool IsDown { get; set; }

    public int Writes { get; private set; }

    /// <summary>The sum over all windows of the counters whose name begins so.</summary>
    public long Total(string prefix)
    {
        lock (_lock)
        {
            return _counters.Where(counter => counter.Key.Key.StartsWith(prefix, StringComparison.Ordinal) && !counter.Key.Key.EndsWith(":first", StringComparison.Ordinal))
                .Sum(counter => counter.Value);
        }
    }

    public async Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes)
    {
        await Task.Yield();
        lock (_lock)
        {
            Writes++;
            return IsDown
                ? new StoreResult<long[]>([], StoreFault.Closed)
                : new StoreResult<long[]>(
                    [.. changes.Select(c => _counters[(c.Key, c.Window)] = _counters.GetValueOrDefault((c.Key, c.Window)) + c.Amount)], null);
        }
    }

    public async Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters)
    {
        await Task.Yield();
        lock (_lock)
        {
            return new StoreResult<long[]>([.. counters.Select(c => _counters.GetValueOrDefault((c.Key, c.Window)))], null);
        }
    }

    public Task<StoreResult<bool>> PutAsync(StoredRecord record) => throw new NotSupportedException();

    public Task<StoreResult<StoredRecord?>> GetAsync(string kind, string id) => throw new NotSupportedException();

    public Task<StoreResult<bool>> DeleteAsync(string kind, string id) => throw new NotSupportedException();

    public Task<StoreResult<long>> DeleteChildrenAsync(string kind, string parent) => throw new NotSupportedException();

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ListAsync(RecordQuery query) => throw new NotSupportedException();

    public Task<StoreResult<bool>> TryUpdateAsync(StoredRecord record) => throw new NotSupportedException();

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ClaimAsync(RecordClaim claim) => throw new NotSupportedException();

    public Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries) => throw new NotSupportedException();

    public Task<StoreResult<LogPage>> QueryLogsAsync(LogQuery query) => throw new NotSupportedException();

    public Task<StoreResult<LogEntry?>> GetLogAsync(string id) => throw new NotSupportedException();

    public Task<StoreResult<IReadOnlyList<LogBucket>>> LogStatsAsync(LogStatsQuery query) => throw new NotSupportedException();

    public Task<StoreResult<LogValues>> LogValuesAsync(LogFilter filter) => throw new NotSupportedException();

    public Task<StoreResult<bool>> SetLogCostsAsync(IReadOnlyList<LogCost> costs) => throw new NotSupportedException();

    public Task<StoreResult<long>> DeleteLogsAsync(IReadOnlyList<string> ids) => throw new NotSupportedException();

    public Task<StoreResult<long>> SweepAsync(StoreLimits limits) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
