namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>What came of an attempt to reserve.</summary>
internal enum ReserveOutcome
{
    Reserved,

    /// <summary>The limit does not allow it.</summary>
    Full,

    /// <summary>What the store has of this window is not known yet.</summary>
    Unknown,

    /// <summary>The store must be asked for more first: others take from the same limit.</summary>
    NeedsGrant,
}

/// <summary>
/// One limit being counted. Reservations are made before a call and replaced by what the call really took: what is reserved counts
/// as used, so that calls running at the same time cannot all pass on the same remainder. It outlives reloads of the configuration.
/// </summary>
internal sealed class LimitCounter(string key, LimitKind kind, string owner, LimitRule rule)
{
    /// <summary>Calls of models take seconds.</summary>
    private static readonly TimeSpan ReservationsLast = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private volatile LimitRule _rule = rule;
    private DateTimeOffset? _firstUse;
    private CounterWindow? _window;

    /// <summary>Its name in the store.</summary>
    public string Key => key;

    public LimitKind Kind => kind;

    /// <summary>Whose limit it is, for messages: virtual key, provider, team, customer.</summary>
    public string Owner => owner;

    /// <summary>The newest configuration's.</summary>
    public LimitRule Rule
    {
        get => _rule;
        set => _rule = value;
    }

    /// <summary>Where the first window began; null until somebody has looked that up.</summary>
    public DateTimeOffset? FirstUse => _firstUse;

    /// <summary>One look-up at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Reserves without waiting for anything.</summary>
    /// <param name="amount">How much.</param>
    /// <param name="now">The time.</param>
    /// <param name="isShared">Others take from the same limit: only what the store has granted may be used.</param>
    /// <param name="window">Where it was reserved, or what stands in the way.</param>
    public ReserveOutcome TryReserve(long amount, DateTimeOffset now, bool isShared, out CounterWindow? window)
    {
        lock (_lock)
        {
            window = _window;
            if (window is null || now >= window.End || now < window.Start)
            {
                return ReserveOutcome.Unknown;
            }

            // What costs nothing needs no grant, only a limit that is not used up.
            var needsGrant = isShared && amount > 0;
            var isWithin = needsGrant ? window.Mine + amount <= window.Stored : Fits(window, amount);
            if (!isWithin)
            {
                return needsGrant ? ReserveOutcome.NeedsGrant : ReserveOutcome.Full;
            }

            Take(window, amount);
            return ReserveOutcome.Reserved;
        }
    }

    /// <summary>Opens a window with what the store knows of it; an opened one stays.</summary>
    public void Open(DateTimeOffset firstUse, CounterWindow window, long stored)
    {
        lock (_lock)
        {
            _firstUse = firstUse;
            if (_window?.Start != window.Start)
            {
                window.Others = stored;
                _window = window;
            }
        }
    }

    /// <summary>How much to ask the store for, so that an amount fits and the next ones do too.</summary>
    public long Wanted(CounterWindow window, long amount)
    {
        lock (_lock)
        {
            return Math.Max(0, window.Mine + amount - window.Stored) + Math.Max(window.Reserved, amount);
        }
    }

    /// <summary>
    /// The store has added what was wanted. What goes over the limit is not taken and must be given back, but for a lone call, which may
    /// use up more than is left.
    /// </summary>
    /// <returns>How much to give back.</returns>
    public long Granted(CounterWindow window, long wanted, long amount, long total)
    {
        lock (_lock)
        {
            window.Others = total - wanted - window.Stored;
            var over = Math.Clamp(total - _rule.Most, 0, wanted);
            var missing = Math.Max(0, window.Mine + amount - window.Stored);
            var excess = MayPassAlone(window) ? Math.Min(over, wanted - missing) : over;
            window.Stored += wanted - excess;
            return excess;
        }
    }

    /// <summary>
    /// What is to be added to the store's total so that it holds what this process has used, and what it keeps ahead. From now on it
    /// counts as added: what is being given back can no longer be used here.
    /// </summary>
    public long TakeUnwritten(CounterWindow window, bool isShared, bool isLast)
    {
        lock (_lock)
        {
            var amount = window.Mine - window.Stored;
            if (isShared && !isLast && amount < 0)
            {
                amount = Math.Min(0, amount + Math.Max(window.Reserved, window.Last));
            }

            window.Stored += amount;
            return amount;
        }
    }

    /// <summary>The store has added it; its total tells what others have used.</summary>
    public void Written(CounterWindow window, long total)
    {
        lock (_lock)
        {
            window.Others = total - window.Stored;
        }
    }

    /// <summary>The store has not.</summary>
    public void Unwritten(CounterWindow window, long amount)
    {
        lock (_lock)
        {
            window.Stored -= amount;
        }
    }

    /// <summary>The call took this much of what was reserved for it; the window may be over by now.</summary>
    public void Settle(CounterWindow window, long reserved, long used)
    {
        lock (_lock)
        {
            window.Reserved -= reserved;
            window.Mine += used - reserved;
        }
    }

    /// <summary>What is used and reserved, and the window; null where nothing is known yet.</summary>
    public (long Used, DateTimeOffset Start, DateTimeOffset End)? Now(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _window is { } window && now < window.End && now >= window.Start ? (window.Others + window.Mine, window.Start, window.End) : null;
        }
    }

    /// <summary>When to ask again: what others here have reserved comes free when they are done, only what is used up waits for the window's end.</summary>
    public TimeSpan WaitFor(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _window is { } window && window.Others + window.Mine - window.Reserved >= _rule.Most && window.End > now ? window.End - now : ReservationsLast;
        }
    }

    /// <summary>
    /// A call that runs alone may use up more than is left: what it will take is only an estimate, and a remainder smaller than it
    /// must not be lost. So at most one call goes over; requests are no estimate.
    /// </summary>
    private bool Fits(CounterWindow window, long amount) =>
        (window.Others + window.Mine + amount <= _rule.Most && window.Others + window.Mine < _rule.Most) || MayPassAlone(window);

    private bool MayPassAlone(CounterWindow window) =>
        kind != LimitKind.Requests && window.Reserved == 0 && window.Others + window.Mine < _rule.Most;

    private static void Take(CounterWindow window, long amount)
    {
        window.Mine += amount;
        window.Reserved += amount;
        window.Last = amount;
    }
}
