using BifrostLite.Storage;

namespace BifrostLite.Tests.Functional.Conversations;

/// <summary>A store whose successful updates to "completed" are told to their writer only when the gate opens; readers see them at once.</summary>
internal sealed class GatedStore(IStore store) : IStore
{
    public Task Gate { get; set; } = Task.CompletedTask;

    public StoreHealth Health => store.Health;

    public async Task<StoreResult<bool>> TryUpdateAsync(StoredRecord record)
    {
        var updated = await store.TryUpdateAsync(record);
        if (record.State == "completed")
        {
            await Gate;
        }

        return updated;
    }

    public Task<StoreResult<bool>> PutAsync(StoredRecord record) => store.PutAsync(record);

    public Task<StoreResult<StoredRecord?>> GetAsync(string kind, string id) => store.GetAsync(kind, id);

    public Task<StoreResult<bool>> DeleteAsync(string kind, string id) => store.DeleteAsync(kind, id);

    public Task<StoreResult<long>> DeleteChildrenAsync(string kind, string parent) => store.DeleteChildrenAsync(kind, parent);

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ListAsync(RecordQuery query) => store.ListAsync(query);

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ClaimAsync(RecordClaim claim) => store.ClaimAsync(claim);

    public Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes) => store.AddAsync(changes);

    public Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters) => store.ReadAsync(counters);

    public Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries) => store.AppendLogsAsync(entries);

    public Task<StoreResult<LogPage>> QueryLogsAsync(LogQuery query) => store.QueryLogsAsync(query);

    public Task<StoreResult<LogEntry?>> GetLogAsync(string id) => store.GetLogAsync(id);

    public Task<StoreResult<IReadOnlyList<LogBucket>>> LogStatsAsync(LogStatsQuery query) => store.LogStatsAsync(query);

    public Task<StoreResult<LogValues>> LogValuesAsync(LogFilter filter) => store.LogValuesAsync(filter);

    public Task<StoreResult<bool>> SetLogCostsAsync(IReadOnlyList<LogCost> costs) => store.SetLogCostsAsync(costs);

    public Task<StoreResult<long>> DeleteLogsAsync(IReadOnlyList<string> ids) => store.DeleteLogsAsync(ids);

    public Task<StoreResult<long>> SweepAsync(StoreLimits limits) => store.SweepAsync(limits);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
