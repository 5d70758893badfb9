namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>What was used in one window of a counter. Its fields are the counter's, under the counter's lock.</summary>
internal sealed class CounterWindow(LimitCounter counter, DateTimeOffset start, DateTimeOffset end)
{
    private int _isQueued;

    public LimitCounter Counter => counter;

    public DateTimeOffset Start => start;

    public DateTimeOffset End => end;

    /// <summary>What others have used, or this process in an earlier life: the store's total less <see cref="Stored"/>.</summary>
    public long Others { get; set; }

    /// <summary>What this process has used, reservations included.</summary>
    public long Mine { get; set; }

    /// <summary>The part of <see cref="Mine"/> that is reserved and not yet settled.</summary>
    public long Reserved { get; set; }

    /// <summary>
    /// How much of the store's total is this process's: behind <see cref="Mine"/> where it has the store to itself, ahead of it where
    /// others take from the same limit.
    /// </summary>
    public long Stored { get; set; }

    /// <summary>The amount asked for last: how far ahead of its needs an instance stays.</summary>
    public long Last { get; set; }

    /// <summary>True for who puts it into the queue of what is to be written.</summary>
    public bool TryQueue() => Interlocked.Exchange(ref _isQueued, 1) == 0;

    public void Unqueue() => Volatile.Write(ref _isQueued, 0);
}
