using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>What an earlier process has counted is known before a call asks.</summary>
internal sealed partial class LimitLedger
{
    /// <summary>So many counters are looked up at once.</summary>
    private const int Batch = 256;

    /// <summary>
    /// Opens the windows in which an earlier process has counted, so that what is used is known before a call asks: routing rules and the
    /// management API read it. A rolling limit nobody has used yet stays as it is: its first window begins with its first use.
    /// </summary>
    public async Task RecallAsync(IReadOnlyList<LimitCounter> counters)
    {
        if (_store is null || counters.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var places = counters.Select(static counter => new CounterChange(counter.Key + ":first", DateTimeOffset.UnixEpoch, 0, Never)).ToList();
        if (await _store.ReadAsync(places) is not { IsDone: true, Value: var firsts })
        {
            return;
        }

        var windows = new List<CounterWindow>();
        var beginnings = new DateTimeOffset[counters.Count];
        for (var i = 0; i < counters.Count; i++)
        {
            if (!counters[i].Rule.IsRolling || (firsts[i] > 0 && firsts[i] <= now.ToUnixTimeMilliseconds()))
            {
                var first = counters[i].Rule.IsRolling ? DateTimeOffset.FromUnixTimeMilliseconds(firsts[i]) : now;
                var (start, end) = counters[i].Rule.WindowAt(now, first);
                beginnings[windows.Count] = first;
                windows.Add(new CounterWindow(counters[i], start, end));
            }
        }

        await OpenAsync(windows, beginnings, now);
    }

    /// <summary>The next of those whose past nobody has looked up: a gateway may have a hundred thousand virtual keys.</summary>
    private async Task RecallAsync()
    {
        var batch = new List<LimitCounter>();
        while (batch.Count < Batch && Counters?.Made.TryDequeue(out var counter) == true)
        {
            batch.Add(counter);
        }

        await RecallAsync(batch);
        if (Counters?.Made.IsEmpty == false)
        {
            Wake();
        }
    }

    private async Task OpenAsync(List<CounterWindow> windows, DateTimeOffset[] beginnings, DateTimeOffset now)
    {
        var changes = windows.Select(static window => new CounterChange(window.Counter.Key, window.Start, 0, window.End + Keep)).ToList();
        if (changes.Count == 0 || await _store!.ReadAsync(changes) is not { IsDone: true, Value: var totals })
        {
            return;
        }

        for (var i = 0; i < windows.Count; i++)
        {
            var window = windows[i];
            await window.Counter.Gate.WaitAsync();
            try
            {
                if (window.Counter.Now(now) is null)
                {
                    Open(window.Counter, beginnings[i], window, totals[i], now);
                }
            }
            finally
            {
                window.Counter.Gate.Release();
            }
        }
    }
}
