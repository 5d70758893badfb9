namespace BifrostLite.Storage;

/// <summary>How a store is, as numbers that only grow or are of this moment.</summary>
internal sealed record StoreHealth
{
    /// <summary>"sqlite" or "postgres".</summary>
    public required string Engine { get; init; }

    /// <summary>The last trouble; null where the last writing and the last reading went well.</summary>
    public StoreFault? Fault { get; init; }

    /// <summary>Calls waiting or running.</summary>
    public int Queue { get; init; }

    /// <summary>Calls done, and calls that failed.</summary>
    public long Calls { get; init; }

    public long Failures { get; init; }

    /// <summary>Calls that took no longer than each of <see cref="StoreMeter.Bounds"/>.</summary>
    public IReadOnlyList<long> Within { get; init; } = [];

    /// <summary>Seconds spent in calls, waiting included: with <see cref="Calls"/> their mean.</summary>
    public double Seconds { get; init; }
}
