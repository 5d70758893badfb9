using BifrostLite.Storage;

namespace BifrostLite.Tests.Unit.Pipeline.Logging;

/// <summary>A store that only counts the batches of log entries it is given.</summary>
internal sealed class FakeStore : IStore
{
    public StoreFault? Fault { get; init; }

    public List<int> Batches { get; } = [];

    public int WithContent { get; private set; }

    /// <summary>Batches are written when this is.</summary>
    public Task Hold { get; init; } = Task.CompletedTask;

    public StoreHealth Health => new() { Engine = "fake", Fault = Fault };

    public async Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries)
    {
        Batches.Add(entries.Count);
        WithContent += entries.Count(entry => entry.HasContent);
        await Hold;
        return new StoreResult<bool>(Fault is null, Fault);
    }

    public Task<StoreResult<bool>> PutAsync(StoredRecord record) => throw new NotSupportedException();

    public Task<StoreResult<StoredRecord?>> GetAsync(string kind, string id) => throw new NotSupportedException();

    public Task<StoreResult<bool>> DeleteAsync(string kind, string id) => throw new NotSupportedException();

    public Task<StoreResult<long>> DeleteChildrenAsync(string kind, string parent) => throw new NotSupportedException();

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ListAsync(RecordQuery query) => throw new NotSupportedException();

    public Task<StoreResult<bool>> TryUpdateAsync(StoredRecord record) => throw new NotSupportedException();

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ClaimAsync(RecordClaim claim) => throw new NotSupportedException();

    public Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes) => throw new NotSupportedException();

    public Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters) => throw new NotSupportedException();

    public Task<StoreResult<LogPage>> QueryLogsAsync(LogQuery query) => throw new NotSupportedException();

    public Task<StoreResult<LogEntry?>> GetLogAsync(string id) => throw new NotSupportedException();

    public Task<StoreResult<IReadOnlyList<LogBucket>>> LogStatsAsync(LogStatsQuery query) => throw new NotSupportedException();

    public Task<StoreResult<LogValues>> LogValuesAsync(LogFilter filter) => throw new NotSupportedException();

    public Task<StoreResult<bool>> SetLogCostsAsync(IReadOnlyList<LogCost> costs) => throw new NotSupportedException();

    public Task<StoreResult<long>> DeleteLogsAsync(IReadOnlyList<string> ids) => throw new NotSupportedException();

    public Task<StoreResult<long>> SweepAsync(StoreLimits limits) => Task.FromResult(default(StoreResult<long>));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
