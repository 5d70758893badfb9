using BifrostLite.Storage;
using BifrostLite.Tests.Unit.Storage;

namespace BifrostLite.Tests.Unit.Pipeline.Logging;

/// <summary>A store that only counts the batches of log entries it is given.</summary>
internal sealed class FakeStore : NoStore
{
    public StoreFault? Fault { get; init; }

    public List<int> Batches { get; } = [];

    public int WithContent { get; private set; }

    /// <summary>Batches are written when this is.</summary>
    public Task Hold { get; init; } = Task.CompletedTask;

    public override StoreHealth Health => new() { Engine = "fake", Fault = Fault };

    public override async Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries)
    {
        Batches.Add(entries.Count);
        WithContent += entries.Count(entry => entry.HasContent);
        await Hold;
        return new StoreResult<bool>(Fault is null, Fault);
    }

    /// <summary>How often it was cleaned up.</summary>
    public int Sweeps { get; private set; }

    public override Task<StoreResult<long>> SweepAsync(StoreLimits limits)
    {
        Sweeps++;
        return Task.FromResult(default(StoreResult<long>));
    }
}
