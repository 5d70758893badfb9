using System.Collections.Concurrent;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>
/// Keeps counters in the store. Reservations are decided in memory and written behind, many in one transaction, so that a call does not
/// wait for a disk; what is written counts reservations as used. After a crash the store is off by the calls of the last moments: those
/// that ran then stay counted once with their estimate. Where several instances share a store each first takes a share of the limit from
/// it and spends that, so that together they never exceed it. See docs/decisions.md.
/// </summary>
internal sealed partial class LimitLedger(Stores stores, TimeProvider clock, ILogger<LimitLedger> log) : BackgroundService
{
    /// <summary>Batches of what 20 ms bring: enough to make writes rare, too little for a crash to forget a call that has ended.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>A window is kept after its end for whoever looks at yesterday's.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromDays(2);

    private static readonly DateTimeOffset Never = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentQueue<CounterWindow> _unwritten = new();
    private readonly ConcurrentQueue<CounterWindow> _opened = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly IStore? _store = stores.State;

    /// <summary>Others count in the same store.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whose past is looked up as they are made; null for nobody's.</summary>
    public LimitCounters? Counters { get; init; }

    /// <summary>Where the amount is reserved now, or null where the limit does not allow it.</summary>
    public ValueTask<CounterWindow?> ReserveAsync(LimitCounter counter, long amount)
    {
        var outcome = counter.TryReserve(amount, clock.GetUtcNow(), IsShared, out var window);
        if (outcome == ReserveOutcome.Reserved)
        {
            Note(window!);
            return new ValueTask<CounterWindow?>(window);
        }

        return outcome == ReserveOutcome.Full ? default : new ValueTask<CounterWindow?>(ReserveSlowlyAsync(counter, amount));
    }

    /// <summary>Makes room for what a call did not take, or counts what it took more.</summary>
    public void Settle(CounterWindow window, long reserved, long used)
    {
        window.Counter.Settle(window, reserved, used);
        Note(window);
    }

    /// <summary>Writes what is not written yet.</summary>
    public Task FlushAsync() => WriteAsync(isLast: false);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var window in _opened)
        {
            Note(window);
        }

        await WriteAsync(isLast: true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Counters is not null)
        {
            Counters.OnMade = Wake;
            Wake();
        }

        while (_store is not null && !stoppingToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(stoppingToken);
            await RecallAsync();
            var isDone = await WriteAsync(isLast: false);
            await Task.Delay(isDone ? Pause : RetryPause, clock, stoppingToken);
        }
    }

    private async Task<CounterWindow?> ReserveSlowlyAsync(LimitCounter counter, long amount)
    {
        await counter.Gate.WaitAsync();
        try
        {
            while (true)
            {
                switch (counter.TryReserve(amount, clock.GetUtcNow(), IsShared, out var window))
                {
                    case ReserveOutcome.Reserved:
                        Note(window!);
                        return window;
                    case ReserveOutcome.Unknown:
                        await OpenAsync(counter);
                        break;
                    case ReserveOutcome.NeedsGrant when await TakeGrantAsync(window!, amount):
                        break;
                    default:
                        return null;
                }
            }
        }
        finally
        {
            counter.Gate.Release();
        }
    }

    private async Task OpenAsync(LimitCounter counter)
    {
        var now = clock.GetUtcNow();
        var first = counter.FirstUse ?? (counter.Rule.IsRolling ? await FirstUseAsync(counter, now) : now);
        var (start, end) = counter.Rule.WindowAt(now, first);
        var stored = 0L;
        if (_store is not null)
        {
            var result = await _store.ReadAsync([new CounterChange(counter.Key, start, 0, end + Keep)]);
            stored = result.IsDone ? result.Value[0] : 0;
            Complain(result.Fault);
        }

        Open(counter, first, new CounterWindow(counter, start, end), stored, now);
    }

    private void Open(LimitCounter counter, DateTimeOffset first, CounterWindow window, long stored, DateTimeOffset now)
    {
        counter.Open(first, window, stored);
        if (IsShared)
        {
            // What an instance holds ahead it gives back at its end.
            _opened.Enqueue(window);
            while (_opened.TryPeek(out var oldest) && oldest.End <= now && _opened.TryDequeue(out _))
            {
            }
        }
    }

    /// <summary>
    /// When a rolling counter was used for the first time, by anybody. Adding to nothing tells who was first; whoever was not takes
    /// his addition back.
    /// </summary>
    private async Task<DateTimeOffset> FirstUseAsync(LimitCounter counter, DateTimeOffset now)
    {
        if (_store is null)
        {
            return now;
        }

        var mine = now.ToUnixTimeMilliseconds();
        var place = new CounterChange(counter.Key + ":first", DateTimeOffset.UnixEpoch, mine, Never);
        var known = await _store.ReadAsync([place]);
        if (known.IsDone && known.Value[0] is > 0 and var first && first <= mine)
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(first);
        }

        var added = await _store.AddAsync([place]);
        Complain(added.Fault);
        if (!added.IsDone || added.Value[0] == mine)
        {
            return now;
        }

        await _store.AddAsync([place with { Amount = -mine }]);
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(added.Value[0] - mine, mine));
    }

    /// <summary>Takes a share of the limit; true where the amount may fit now.</summary>
    private async Task<bool> TakeGrantAsync(CounterWindow window, long amount)
    {
        var counter = window.Counter;
        var wanted = counter.Wanted(window, amount);
        var change = new CounterChange(counter.Key, window.Start, wanted, window.End + Keep);
        if (_store is null || wanted == 0)
        {
            return false;
        }

        var result = await _store.AddAsync([change]);
        Complain(result.Fault);
        if (!result.IsDone)
        {
            return false;
        }

        var excess = counter.Granted(window, wanted, amount, result.Value[0]);
        if (excess > 0)
        {
            Complain((await _store.AddAsync([change with { Amount = -excess }])).Fault);
        }

        return excess < wanted;
    }

    private void Note(CounterWindow window)
    {
        if (_store is null || !window.TryQueue())
        {
            return;
        }

        _unwritten.Enqueue(window);
        Wake();
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else has just done so.
            }
        }
    }

    /// <summary>One transaction for all that has changed; false where the store would not, and it stays to be written.</summary>
    private async Task<bool> WriteAsync(bool isLast)
    {
        await _writing.WaitAsync();
        try
        {
            var windows = new List<CounterWindow>();
            var changes = new List<CounterChange>();
            while (_unwritten.TryDequeue(out var window))
            {
                window.Unqueue();
                if (window.Counter.TakeUnwritten(window, IsShared, isLast) is not 0 and var amount)
                {
                    windows.Add(window);
                    changes.Add(new CounterChange(window.Counter.Key, window.Start, amount, window.End + Keep));
                }
            }

            return changes.Count == 0 || await WriteAsync(windows, changes);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<bool> WriteAsync(List<CounterWindow> windows, List<CounterChange> changes)
    {
        var result = await _store!.AddAsync(changes);
        Complain(result.Fault);
        for (var i = 0; i < windows.Count; i++)
        {
            if (result.IsDone)
            {
                windows[i].Counter.Written(windows[i], result.Value[i]);
            }
            else
            {
                windows[i].Counter.Unwritten(windows[i], changes[i].Amount);
                Note(windows[i]);
            }
        }

        return result.IsDone;
    }

    private void Complain(StoreFault? fault)
    {
        if (fault is not null)
        {
            Unkept(log, fault.Message);
        }
    }

    [LoggerMessage(60, LogLevel.Warning, "limits are counted in memory only for the moment: {Fault}")]
    private static partial void Unkept(ILogger log, string fault);
}
