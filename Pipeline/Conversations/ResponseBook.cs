using BifrostLite.Schemas.Hub;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// Stored responses by owner and id. What is being written is found as well: a caller may come back with an id before the
/// store has acknowledged it. The owner is part of the key, so that no two callers can meet under one id.
/// </summary>
internal sealed partial class ResponseBook(Stores stores, SnapshotSource snapshots, TimeProvider clock, ILogger<ResponseBook> log)
{
    public const string Kind = "response";

    /// <summary>Most turns a chain may have; what is longer is a mistake or a circle.</summary>
    private const int MostTurns = 10_000;

    /// <summary>Responses and conversations that are being written.</summary>
    public WritesUnderWay UnderWay { get; } = new();

    /// <summary>Where it is kept; null where nothing is.</summary>
    public IStore? Store { get; } = stores.Logs;

    /// <summary>Responses that could not be stored since the start.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    private long _lost;

    /// <summary>The response, null where this owner has none of that id, or the store's trouble.</summary>
    public async ValueTask<(StoredResponse? Response, GatewayError? Error)> FindAsync(string owner, string id)
    {
        var (record, error) = await ReadAsync(Kind, owner, KeyOf(owner, id));
        return (record is null ? null : StoredResponse.Decode(id, record), error);
    }

    /// <summary>A record of this owner, or null where he has none, or the store's trouble.</summary>
    public async ValueTask<(StoredRecord? Record, GatewayError? Error)> ReadAsync(string kind, string owner, string key)
    {
        await UnderWay.SettledAsync(key);
        var got = await Store!.GetAsync(kind, key);
        if (!got.IsDone)
        {
            StoreFailed(log, got.Fault.Kind, got.Fault.Message);
            return (null, ConversationErrors.StoreFailed());
        }

        return (got.Value is { } record && record.Owner == owner ? record : null, null);
    }

    /// <summary>The response and all before it, the oldest first.</summary>
    public async ValueTask<(ResponseChain Chain, GatewayError? Error)> ChainAsync(string owner, string id)
    {
        var turns = new List<StoredResponse>();
        while (id.Length > 0)
        {
            var (turn, error) = await FindAsync(owner, id);
            if (error is not null || turn is null)
            {
                turns.Reverse();
                return (new ResponseChain(turns, id), error);
            }

            turns.Add(turn);
            id = turn.Previous;
            if (turns.Count == MostTurns)
            {
                return (new ResponseChain(turns, id), ConversationErrors.TooLong(MostTurns));
            }
        }

        turns.Reverse();
        return (new ResponseChain(turns, ""), null);
    }

    /// <summary>Stores it; true once that is durable.</summary>
    public async Task<bool> PutAsync(StoredResponse response)
    {
        var record = RecordOf(response);
        var stored = UnderWay.TrackAsync(record.Id, () => PutAsync(record));
        return await PutPlacesAsync(response, record) & await stored;
    }

    /// <summary>Stores a later state only where nobody was faster; null where the store failed.</summary>
    public async Task<bool?> TryUpdateAsync(StoredResponse response)
    {
        var record = RecordOf(response);
        var updated = await Store!.TryUpdateAsync(record);
        if (!updated.IsDone)
        {
            StoreFailed(log, updated.Fault.Kind, updated.Fault.Message);
        }

        if (updated is { IsDone: true, Value: true })
        {
            await PutPlacesAsync(response, record);
        }

        return updated.IsDone ? updated.Value : null;
    }

    public async Task<GatewayError?> DeleteAsync(StoredResponse response)
    {
        var key = KeyOf(response.Owner, response.Id);
        var deleted = await Store!.DeleteAsync(Kind, key);
        if (deleted.IsDone)
        {
            await Store.DeleteChildrenAsync(ItemPlaces.Kind, key);
            return null;
        }

        StoreFailed(log, deleted.Fault.Kind, deleted.Fault.Message);
        return ConversationErrors.StoreFailed();
    }

    public static string KeyOf(string owner, string id) => owner.Length == 0 ? id : $"{owner}/{id}";

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>One record, faults logged and counted.</summary>
    public async Task<bool> PutAsync(StoredRecord record)
    {
        var stored = await Store!.PutAsync(record);
        if (!stored.IsDone)
        {
            Interlocked.Increment(ref _lost);
            StoreFailed(log, stored.Fault.Kind, stored.Fault.Message);
        }

        return stored.IsDone;
    }

    /// <summary>The events of a stream that is over, to be kept as long as the response.</summary>
    public StoredRecord EventsOf(StoredResponse response, byte[] events) => RecordOf(response) with
    {
        Kind = BackgroundRuns.EventsKind, State = "", Parent = "", Version = 0, Body = events,
    };

    private async Task<bool> PutPlacesAsync(StoredResponse response, StoredRecord record)
    {
        var writes = new List<Task<bool>>();
        foreach (var place in ItemPlaces.Of(response, record))
        {
            writes.Add(UnderWay.TrackAsync(place.Id, () => PutAsync(place)));
        }

        return await AllAsync(writes);
    }

    /// <summary>Whether all of what is under way went well, once it is over.</summary>
    public static async Task<bool> AllAsync(List<Task<bool>> writes)
    {
        var isStored = true;
        foreach (var write in writes)
        {
            isStored &= await write;
        }

        return isStored;
    }

    private StoredRecord RecordOf(StoredResponse response) => new()
    {
        Kind = Kind,
        Id = KeyOf(response.Owner, response.Id),
        Owner = response.Owner,
        Parent = response.Previous,
        State = response.Status,
        Version = response.Version,
        CreatedAt = response.CreatedAt,
        ExpiresAt = response.CreatedAt.AddDays(snapshots.Current.Config.Client.ResponseRetentionDays),
        Body = response.Encode(),
    };

    [LoggerMessage(1200, LogLevel.Warning, "a response or conversation could not be stored or read ({Kind}): {Reason}")]
    private static partial void StoreFailed(ILogger log, StoreFaultKind kind, string reason);
}
