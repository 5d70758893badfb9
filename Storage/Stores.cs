using BifrostLite.Storage.Sealing;

namespace BifrostLite.Storage;

/// <summary>
/// The stores of a running gateway. One database may be both; a store that is not there is null, and what needs it is off.
/// </summary>
/// <param name="State">config_store: counters of budgets and rate limits, what is configured at run time.</param>
/// <param name="Logs">logs_store: the request log, jobs, responses and conversations.</param>
internal sealed record Stores(IStore? State, IStore? Logs) : IAsyncDisposable
{
    public static readonly Stores None = new(null, null);

    /// <summary>Contents in the log can be read back, but not searched.</summary>
    public bool AreLogsSealed => Logs is SealedStore;

    /// <summary>The same with bodies and contents sealed.</summary>
    public Stores SealedWith(StoreKey key)
    {
        var state = State is null ? null : new SealedStore(State, key);
        return new Stores(state, Logs is null ? null : ReferenceEquals(Logs, State) ? state : new SealedStore(Logs, key));
    }

    public async ValueTask DisposeAsync()
    {
        if (State is not null)
        {
            await State.DisposeAsync();
        }

        if (Logs is not null && !ReferenceEquals(Logs, State))
        {
            await Logs.DisposeAsync();
        }
    }
}
