using System.Collections.Concurrent;

namespace BifrostLite.Providers;

/// <summary>What an exchange waits for while its clock runs.</summary>
internal enum WaitPhase
{
    None,
    Headers,
    FirstToken,

    /// <summary>Between two reads of a body.</summary>
    Silence,

    /// <summary>The exchange as a whole, whatever it waits for.</summary>
    Whole,
}

/// <summary>
/// All time limits of one exchange on one cancellation token, which also ends when the caller goes away. One phase runs at
/// a time: <see cref="Begin"/> starts it, <see cref="Stop"/> ends it, <see cref="Expired"/> says which one ran out.
/// Beginning and stopping write a number; the timer is left as it was set and looks at that number when it fires, so that
/// a request which keeps its limits touches no timer. Used by one thread at a time, the timer's apart. Instances are pooled.
/// </summary>
internal sealed class Deadline : IDisposable
{
    /// <summary>As many as requests usually run at once; the others are collected.</summary>
    private const int MostPooled = 256;

    private const long Never = long.MaxValue;
    private const long RanOut = long.MinValue;

    /// <summary>What timers can tell apart, and as long as they are surely able to wait; they look again then.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly ConcurrentQueue<Deadline> Pool = new();

    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private CancellationTokenSource _source = new();
    private CancellationTokenRegistration _registration;
    private CancellationToken _caller;
    private WaitPhase _phase;
    private long _wholeDue = Never;
    private long _due = Never;
    private long _armed = Never;
    private long _begunAt;
    private long _waited;

    private Deadline(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(static deadline => ((Deadline)deadline!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends with the phase's time and with the caller. A new one after <see cref="Renew"/>.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The phase whose time ran out, else none.</summary>
    public WaitPhase Expired => Interlocked.Read(ref _due) == RanOut ? _phase : WaitPhase.None;

    /// <summary>The caller went away: nobody waits for an answer any more.</summary>
    public bool IsCallerGone => _caller.IsCancellationRequested;

    /// <summary>The time that phases took so far: what was spent waiting for the upstream.</summary>
    public TimeSpan Waited => _clock.GetElapsedTime(0, _waited);

    /// <param name="clock">The clock.</param>
    /// <param name="caller">Ends the token, too.</param>
    public static Deadline Rent(TimeProvider clock, CancellationToken caller)
    {
        if (clock != TimeProvider.System || !Pool.TryDequeue(out var deadline))
        {
            deadline = new Deadline(clock);
        }

        deadline.Follow(caller);
        return deadline;
    }

    /// <summary>Starts a phase's clock in place of the one that runs. Infinite (or negative) means no limit but the whole's.</summary>
    public void Begin(WaitPhase phase, TimeSpan limit)
    {
        var now = _clock.GetTimestamp();
        _waited += _begunAt == 0 ? 0 : now - _begunAt;
        _begunAt = now;
        var due = limit < TimeSpan.Zero ? Never : now + TicksOf(limit);
        Set(_wholeDue < due ? WaitPhase.Whole : phase, Math.Min(_wholeDue, due));
    }

    /// <summary>Stops the phase's clock: what comes now is not the upstream's time. The whole's limit goes on.</summary>
    public void Stop()
    {
        if (_begunAt != 0)
        {
            _waited += _clock.GetTimestamp() - _begunAt;
            _begunAt = 0;
        }

        Set(WaitPhase.Whole, _wholeDue);
    }

    /// <summary>Limits all phases together, counted from now.</summary>
    public void LimitWhole(TimeSpan limit)
    {
        WholeLimit = limit;
        _wholeDue = After(limit);
    }

    /// <summary>Takes over the limit of all phases together, as it runs.</summary>
    public void FollowWhole(Deadline other)
    {
        WholeLimit = other.WholeLimit;
        _wholeDue = other._wholeDue;
    }

    /// <summary>What <see cref="LimitWhole"/> said.</summary>
    public TimeSpan? WholeLimit { get; private set; }

    /// <summary>What is left of it; null where there is no limit.</summary>
    public TimeSpan? WholeLeft => _wholeDue == Never ? null : _clock.GetElapsedTime(_clock.GetTimestamp(), _wholeDue);

    /// <summary>For another attempt after one whose time ran out: a fresh token. The whole's limit stays.</summary>
    public void Renew()
    {
        if (Expired == WaitPhase.None)
        {
            return;
        }

        lock (_gate)
        {
            _source = new CancellationTokenSource();
            Interlocked.Exchange(ref _due, Never);
        }

        _registration.Unregister();
        Follow(_caller);
    }

    /// <summary>Gives it back; the token must not be used any more.</summary>
    public void Dispose()
    {
        var hasRunOut = Interlocked.Exchange(ref _due, Never) == RanOut;
        var isFollowing = _caller.CanBeCanceled && !_registration.Unregister();
        _wholeDue = Never;
        _begunAt = _waited = 0;
        WholeLimit = null;
        if (hasRunOut || isFollowing || _source.IsCancellationRequested || _clock != TimeProvider.System || Pool.Count >= MostPooled)
        {
            _timer.Dispose();
            return;
        }

        _registration = default;
        _caller = default;
        Pool.Enqueue(this);
    }

    private void Follow(CancellationToken caller)
    {
        _caller = caller;
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    private long After(TimeSpan limit) => _clock.GetTimestamp() + TicksOf(limit);

    private long TicksOf(TimeSpan limit) => (long)(limit.TotalSeconds * _clock.TimestampFrequency);

    private void Set(WaitPhase phase, long due)
    {
        if (Interlocked.Exchange(ref _due, due) == RanOut)
        {
            // Time was up already: that stands, and so does the phase.
            Interlocked.Exchange(ref _due, RanOut);
            return;
        }

        _phase = phase;
        if (due < Volatile.Read(ref _armed))
        {
            lock (_gate)
            {
                Arm(due);
            }
        }
    }

    private void Arm(long due)
    {
        if (due < _armed)
        {
            _armed = due;
            var left = _clock.GetElapsedTime(_clock.GetTimestamp(), due);
            _timer.Change(left < Shortest ? Shortest : left > Longest ? Longest : left, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        CancellationTokenSource source;
        lock (_gate)
        {
            _armed = Never;

            // Set writes _due, then reads _armed; here it is the other way round: one of the two sees the other's write.
            Interlocked.MemoryBarrier();
            var due = Interlocked.Read(ref _due);
            if (due is Never or RanOut)
            {
                return;
            }

            if (due > _clock.GetTimestamp() || Interlocked.CompareExchange(ref _due, RanOut, due) != due)
            {
                // Begun anew since: later then, or as soon as the timer can.
                due = Interlocked.Read(ref _due);
                if (due is not (Never or RanOut))
                {
                    Arm(due);
                }

                return;
            }

            source = _source;
        }

        source.Cancel();
    }
}
