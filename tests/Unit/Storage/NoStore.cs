using BifrostLite.Storage;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>A store that can do nothing: tests give it the few members they need.</summary>
internal abstract class NoStore : IStore
{
    public virtual StoreHealth Health => throw new NotSupportedException();

    public virtual Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries) => throw new NotSupportedException();

    public virtual Task<StoreResult<bool>> PutAsync(StoredRecord record) => throw new NotSupportedException();

    public virtual Task<StoreResult<StoredRecord?>> GetAsync(string kind, string id) => throw new NotSupportedException();

    public virtual Task<StoreResult<bool>> DeleteAsync(string kind, string id) => throw new NotSupportedException();

    public virtual Task<StoreResult<long>> DeleteChildrenAsync(string kind, string parent) => throw new NotSupportedException();

    public virtual Task<StoreResult<IReadOnlyList<StoredRecord>>> ListAsync(RecordQuery query) => throw new NotSupportedException();

    public virtual Task<StoreResult<bool>> TryUpdateAsync(StoredRecord record) => throw new NotSupportedException();

    public virtual Task<StoreResult<IReadOnlyList<StoredRecord>>> ClaimAsync(RecordClaim claim) => throw new NotSupportedException();

    public virtual Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes) => throw new NotSupportedException();

    public virtual Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters) => throw new NotSupportedException();

    public virtual Task<StoreResult<LogPage>> QueryLogsAsync(LogQuery query) => throw new NotSupportedException();

    public virtual Task<StoreResult<LogEntry?>> GetLogAsync(string id) => throw new NotSupportedException();

    public virtual Task<StoreResult<IReadOnlyList<LogBucket>>> LogStatsAsync(LogStatsQuery query) => throw new NotSupportedException();

    public virtual Task<StoreResult<LogValues>> LogValuesAsync(LogFilter filter) => throw new NotSupportedException();

    public virtual Task<StoreResult<bool>> SetLogCostsAsync(IReadOnlyList<LogCost> costs) => throw new NotSupportedException();

    public virtual Task<StoreResult<long>> DeleteLogsAsync(IReadOnlyList<string> ids) => throw new NotSupportedException();

    public virtual Task<StoreResult<long>> SweepAsync(StoreLimits limits) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
