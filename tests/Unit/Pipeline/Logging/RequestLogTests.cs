using BifrostLite.Pipeline.Logging;
using BifrostLite.Storage;
using BifrostLite.Tests.Unit.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BifrostLite.Tests.Unit.Pipeline.Logging;

public sealed class RequestLogTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Add_WritesAfterAWhileAsOneBatch()
    {
        var store = new FakeStore();
        using var log = Log(store);
        log.Add(LogEntryMaker.Make(1));
        log.Add(LogEntryMaker.Make(2));
        Assert.Empty(store.Batches);

        _time.Advance(RequestLog.Interval);
        await log.StopAsync(default);

        Assert.Equal([2], store.Batches);
        Assert.Equal((2L, 0L, 0), (log.Written, log.Dropped, log.Waiting));
    }

    [Fact]
    public async Task Add_OfMuch_IsCutIntoBatches()
    {
        var store = new FakeStore();
        using var log = Log(store);
        for (var i = 0; i < RequestLog.BatchSize + 5; i++)
        {
            log.Add(LogEntryMaker.Make(i));
        }

        Assert.Equal([RequestLog.BatchSize], store.Batches);
        await log.WriteAsync();
        Assert.Equal([RequestLog.BatchSize, 5], store.Batches);
    }

    [Fact]
    public async Task Add_WhileOneBatchIsWritten_LeavesTheRestToItsTime()
    {
        var hold = new TaskCompletionSource();
        var store = new FakeStore { Hold = hold.Task };
        using var log = Log(store);
        for (var i = 0; i < RequestLog.BatchSize + 5; i++)
        {
            log.Add(LogEntryMaker.Make(i));
        }

        hold.SetResult();
        Assert.Equal(5, log.Waiting);

        _time.Advance(RequestLog.Interval);
        await log.WriteAsync();
        Assert.Equal([RequestLog.BatchSize, 5], store.Batches);
    }

    [Fact]
    public async Task Add_ToASlowStore_WritesManyBatchesAsOne()
    {
        var hold = new TaskCompletionSource();
        var store = new FakeStore { Hold = hold.Task };
        using var log = Log(store);
        for (var i = 0; i < RequestLog.BatchSize * (RequestLog.ManyBatches + 2); i++)
        {
            log.Add(LogEntryMaker.Make(i));
        }

        hold.SetResult();
        await log.WriteAsync();

        Assert.Equal([RequestLog.BatchSize, RequestLog.BatchSize * RequestLog.ManyBatches, RequestLog.BatchSize], store.Batches);
    }

    [Fact]
    public async Task Add_ToAFullQueue_DropsAndCounts()
    {
        var hold = new TaskCompletionSource();
        using var log = Log(new FakeStore { Hold = hold.Task });
        for (var i = 0; i < RequestLog.QueueCapacity + RequestLog.BatchSize + 7; i++)
        {
            log.Add(LogEntryMaker.Make(i));
        }

        Assert.Equal(7, log.Dropped);
        hold.SetResult();
        await log.WriteAsync();
        Assert.Equal((7L, (long)RequestLog.QueueCapacity + RequestLog.BatchSize), (log.Dropped, log.Written));
    }

    [Fact]
    public async Task Add_OfTooMuchContent_KeepsTheEntryWithoutIt()
    {
        var store = new FakeStore();
        using var log = Log(store);
        for (var i = 0; i < 70; i++)
        {
            var entry = LogEntryMaker.Make(i);
            entry.RequestBody = new byte[1 << 20];
            log.Add(entry);
        }

        await log.WriteAsync();

        Assert.Equal((0L, 6L, 70L), (log.Dropped, log.DroppedContents, log.Written));
        Assert.Equal(64, store.WithContent);
    }

    [Fact]
    public async Task Write_WhenTheStoreFails_CountsAndSaysSoOncePerMinute()
    {
        var lines = new LineCounter();
        using var log = new RequestLog(new Stores(null, new FakeStore { Fault = new StoreFault(StoreFaultKind.Full, "full") }), _time, lines);
        for (var round = 0; round < 3; round++)
        {
            log.Add(LogEntryMaker.Make(round));
            await log.WriteAsync();
        }

        Assert.Equal((3L, 1), (log.Dropped, lines.Count));
        _time.Advance(TimeSpan.FromMinutes(1));
        log.Add(LogEntryMaker.Make(4));
        await log.WriteAsync();
        Assert.Equal(2, lines.Count);
    }

    private RequestLog Log(IStore store) => new(new Stores(null, store), _time, NullLogger<RequestLog>.Instance);

    private sealed class LineCounter : ILogger<RequestLog>
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Count++;
    }
}
