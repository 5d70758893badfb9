using BifrostLite.Storage;
using BifrostLite.Tests.Unit.Storage;

namespace BifrostLite.Tests.Unit.Pipeline.Admission;

/// <summary>A store in memory that has nothing but counters, can fail, and counts its writes.</summary>
internal sealed class CountingStore : NoStore
{
    private readonly Dictionary<(string Key, DateTimeOffset Window), long> _counters = [];
    private readonly Lock _lock = new();

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

    public override async Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes)
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

    public override async Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters)
    {
        await Task.Yield();
        lock (_lock)
        {
            return new StoreResult<long[]>([.. counters.Select(c => _counters.GetValueOrDefault((c.Key, c.Window)))], null);
        }
    }
}
