using BifrostLite.Storage;
using Microsoft.Extensions.Hosting;

namespace BifrostLite.Pipeline.Logging;

/// <summary>
/// Brings settled requests into the logs store, beside the requests' way: an entry is put on a bounded queue, and the queue is written in
/// batches. What cannot be kept is counted and said, and never slows or fails a request.
/// </summary>
internal sealed partial class RequestLog : IHostedService, IDisposable
{
    /// <summary>As Bifrost's write_queue_capacity (its config.schema.json): a second's worth of a very busy gateway.</summary>
    internal const int QueueCapacity = 10_000;

    /// <summary>As Bifrost's max_batch_size; larger batches are no faster (docs/decisions.md).</summary>
    internal const int BatchSize = 1000;

    /// <summary>Contents that may wait; above it entries are kept without theirs.</summary>
    private const long MostContentBytes = 64 << 20;

    /// <summary>What a kill may cost, and how soon an entry can be looked up.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly IStore? _store;
    private readonly TimeProvider _clock;
    private readonly ILogger<RequestLog> _log;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _writing = new(1);
    private List<LogEntry> _waiting = [];
    private long _contentBytes;
    private long _dropped;
    private long _droppedContents;
    private long _written;
    private DateTimeOffset _quietUntil;

    public RequestLog(Stores stores, TimeProvider clock, ILogger<RequestLog> log)
    {
        _store = stores.Logs;
        _clock = clock;
        _log = log;
        _timer = clock.CreateTimer(static state => _ = ((RequestLog)state!).WriteAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests that are missing from the log, for whatever reason.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Requests that are in the log without the contents they should have.</summary>
    public long DroppedContents => Volatile.Read(ref _droppedContents);

    public long Written => Volatile.Read(ref _written);

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Before anything is written to the caller: whether his request and answer are kept, and if so, starts keeping them.</summary>
    public void Watch(Exchange exchange)
    {
        if (_store is not null && ContentRule.Keeps(exchange))
        {
            exchange.Capture = AnswerCapture.Attach(exchange.Http);
        }
    }

    /// <summary>After the request: its entry.</summary>
    public void Add(Exchange exchange)
    {
        if (_store is not null && exchange.Snapshot.Config.Client.EnableLogging)
        {
            Add(LogEntries.Of(exchange));
        }
    }

    internal void Add(LogEntry entry)
    {
        int waiting;
        lock (_gate)
        {
            if (_waiting.Count >= QueueCapacity)
            {
                _dropped++;
                return;
            }

            _contentBytes += entry.RequestBody.Length + entry.ResponseBody.Length;
            if (_contentBytes > MostContentBytes && entry.HasContent)
            {
                _contentBytes -= entry.RequestBody.Length + entry.ResponseBody.Length;
                _droppedContents++;
                entry.DropContent();
            }

            _waiting.Add(entry);
            waiting = _waiting.Count;
        }

        if (waiting == 1)
        {
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
        else if (waiting == BatchSize)
        {
            _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes everything that waits.</summary>
    internal async Task WriteAsync()
    {
        await _writing.WaitAsync();
        try
        {
            while (Take() is { Count: > 0 } entries)
            {
                await WriteAsync(entries);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The last requests are settled by then: hosted services stop after the server.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _store is null ? Task.CompletedTask : WriteAsync();

    public void Dispose()
    {
        _timer.Dispose();
        _writing.Dispose();
    }

    private List<LogEntry> Take()
    {
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = [];
            _contentBytes = 0;
            return taken;
        }
    }

    private async Task WriteAsync(List<LogEntry> entries)
    {
        for (var at = 0; at < entries.Count; at += BatchSize)
        {
            var batch = entries.GetRange(at, Math.Min(BatchSize, entries.Count - at));
            var result = await _store!.AppendLogsAsync(batch);
            if (result.IsDone)
            {
                Interlocked.Add(ref _written, batch.Count);
            }
            else
            {
                Interlocked.Add(ref _dropped, batch.Count);
                Say(result.Fault);
            }
        }
    }

    /// <summary>A full disk fails every batch: one line a minute says enough.</summary>
    private void Say(StoreFault fault)
    {
        var now = _clock.GetUtcNow();
        if (now >= _quietUntil)
        {
            _quietUntil = now + Quiet;
            Log.Lost(_log, Dropped, fault.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Error, "The request log lost entries, {Dropped} since the start: {Reason}")]
        public static partial void Lost(ILogger logger, long dropped, string reason);
    }
}
