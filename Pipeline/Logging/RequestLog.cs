using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>
/// Brings settled requests into the logs store, beside the requests' way: an entry is put on a bounded queue, and the queue is written in
/// batches. What cannot be kept is counted and said, and never slows or fails a request.
/// </summary>
internal sealed partial class RequestLog : IHostedService, IDisposable
{
    /// <summary>As Bifrost's write_queue_capacity (its config.schema.json): a second's worth of a very busy gateway.</summary>
    internal const int QueueCapacity = 10_000;

    /// <summary>SQLite's writer is done with it in less than half a millisecond: requests on the same core wait for it (docs/decisions.md, "Storage").</summary>
    internal const int BatchSize = 256;

    /// <summary>Where so many batches wait the store is slow, and several are written as one: as many entries as Bifrost's max_batch_size.</summary>
    internal const int ManyBatches = 4;

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
    private readonly Queue<List<LogEntry>> _full = [];
    private List<LogEntry> _filling = new(BatchSize);
    private bool _isWriting;
    private bool _isDue;
    private TaskCompletionSource? _idle;
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
        _timer = clock.CreateTimer(static state => ((RequestLog)state!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
                return Count;
            }
        }
    }

    private int Count => (_full.Count * BatchSize) + _filling.Count;

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
        bool isFirst;
        var starts = false;
        lock (_gate)
        {
            var waiting = Count;
            if (waiting >= QueueCapacity)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            _contentBytes += entry.RequestBody.Length + entry.ResponseBody.Length;
            if (_contentBytes > MostContentBytes && entry.HasContent)
            {
                _contentBytes -= entry.RequestBody.Length + entry.ResponseBody.Length;
                _droppedContents++;
                entry.DropContent();
            }

            isFirst = waiting == 0;
            _filling.Add(entry);
            if (_filling.Count == BatchSize)
            {
                _full.Enqueue(_filling);
                _filling = new List<LogEntry>(BatchSize);
                starts = Begin();
            }
        }

        if (isFirst)
        {
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }

        if (starts)
        {
            // Here and not on another thread: the store only takes the batch over, and waking a thread costs more than that.
            _ = RunAsync();
        }
    }

    /// <summary>Writes everything that waits.</summary>
    internal Task WriteAsync()
    {
        Task written;
        lock (_gate)
        {
            if (!_isWriting && Count == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            written = _idle.Task;
        }

        OnDue();
        return written;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The last requests are settled by then: hosted services stop after the server.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _store is null ? Task.CompletedTask : WriteAsync();

    public void Dispose() => _timer.Dispose();

    /// <summary>The oldest have waited long enough.</summary>
    private void OnDue()
    {
        bool starts;
        lock (_gate)
        {
            _isDue = true;
            starts = Begin();
        }

        if (starts)
        {
            _ = RunAsync();
        }
    }

    /// <summary>Under the gate: whether nobody is writing yet; from then on somebody is.</summary>
    private bool Begin()
    {
        var starts = !_isWriting;
        _isWriting = true;
        return starts;
    }

    private async Task RunAsync()
    {
        while (Take() is { } batch)
        {
            await WriteAsync(batch);
        }
    }

    /// <summary>
    /// What is to be written now; null ends the writing. What fills no batch is only taken when it is due, and once: under load
    /// there would be a few entries more each time, and as many transactions.
    /// </summary>
    private List<LogEntry>? Take()
    {
        lock (_gate)
        {
            if (!_full.TryDequeue(out var taken))
            {
                if (!_isDue || _filling.Count == 0)
                {
                    End();
                    return null;
                }

                _isDue = false;
                taken = _filling;
                _filling = new List<LogEntry>(BatchSize);
            }
            else if (_full.Count >= ManyBatches - 1)
            {
                while (taken.Count < ManyBatches * BatchSize && _full.TryDequeue(out var more))
                {
                    taken.AddRange(more);
                }
            }

            for (var i = 0; _contentBytes > 0 && i < taken.Count; i++)
            {
                _contentBytes -= taken[i].RequestBody.Length + taken[i].ResponseBody.Length;
            }

            return taken;
        }
    }

    /// <summary>Under the gate: nobody is writing.</summary>
    private void End()
    {
        _isWriting = false;
        _isDue = false;
        _idle?.SetResult();
        _idle = null;
    }

    private async Task WriteAsync(List<LogEntry> batch)
    {
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
