namespace BifrostLite.Storage.Sealing;

/// <summary>
/// A store whose bodies and contents are sealed at rest; names, states and numbers are not, since they are searched. What was stored before
/// there was a key is still read; what another key sealed is a fault that says so.
/// </summary>
internal sealed class SealedStore(IStore inner, StoreKey key) : IStore
{
    public StoreHealth Health => inner.Health;

    public Task<StoreResult<bool>> PutAsync(StoredRecord record) => inner.PutAsync(Seal(record));

    public async Task<StoreResult<StoredRecord?>> GetAsync(string kind, string id)
    {
        var result = await inner.GetAsync(kind, id);
        if (result.Value is null)
        {
            return result;
        }

        return Open(result.Value, out var fault) is { } record ? new(record, null) : new(null, fault);
    }

    public Task<StoreResult<bool>> DeleteAsync(string kind, string id) => inner.DeleteAsync(kind, id);

    public Task<StoreResult<long>> DeleteChildrenAsync(string kind, string parent) => inner.DeleteChildrenAsync(kind, parent);

    public async Task<StoreResult<IReadOnlyList<StoredRecord>>> ListAsync(RecordQuery query) => OpenAll(await inner.ListAsync(query));

    public Task<StoreResult<bool>> TryUpdateAsync(StoredRecord record) => inner.TryUpdateAsync(Seal(record));

    public async Task<StoreResult<IReadOnlyList<StoredRecord>>> ClaimAsync(RecordClaim claim) => OpenAll(await inner.ClaimAsync(claim));

    public Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes) => inner.AddAsync(changes);

    public Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters) => inner.ReadAsync(counters);

    public async Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries)
    {
        if (entries.Any(static entry => entry.HasContent))
        {
            // The caller's thread has requests to serve, or is the engine's own.
            await Task.Yield();
        }

        foreach (var entry in entries)
        {
            if (entry.HasContent)
            {
                entry.RequestBody = key.Seal(entry.RequestBody.Span, Place.OfRequest(entry.Id));
                entry.ResponseBody = key.Seal(entry.ResponseBody.Span, Place.OfResponse(entry.Id));
            }
        }

        return await inner.AppendLogsAsync(entries);
    }

    public Task<StoreResult<LogPage>> QueryLogsAsync(LogQuery query) => inner.QueryLogsAsync(query);

    public async Task<StoreResult<LogEntry?>> GetLogAsync(string id)
    {
        var result = await inner.GetLogAsync(id);
        if (result.Value is not { HasContent: true } entry)
        {
            return result;
        }

        if (Open(entry.RequestBody, Place.OfRequest(entry.Id)) is not { } request || Open(entry.ResponseBody, Place.OfResponse(entry.Id)) is not { } response)
        {
            return new(null, OtherKey(entry.RequestBody));
        }

        entry.RequestBody = request;
        entry.ResponseBody = response;
        return result;
    }

    public Task<StoreResult<IReadOnlyList<LogBucket>>> LogStatsAsync(LogStatsQuery query) => inner.LogStatsAsync(query);

    public Task<StoreResult<LogValues>> LogValuesAsync(LogFilter filter) => inner.LogValuesAsync(filter);

    public Task<StoreResult<bool>> SetLogCostsAsync(IReadOnlyList<LogCost> costs) => inner.SetLogCostsAsync(costs);

    public Task<StoreResult<long>> DeleteLogsAsync(IReadOnlyList<string> ids) => inner.DeleteLogsAsync(ids);

    public Task<StoreResult<long>> SweepAsync(StoreLimits limits) => inner.SweepAsync(limits);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private StoredRecord Seal(StoredRecord record) => record with { Body = key.Seal(record.Body.Span, Place.Of(record)) };

    private ReadOnlyMemory<byte>? Open(ReadOnlyMemory<byte> body, string place)
    {
        if (!StoreKey.IsSealed(body.Span))
        {
            return body;
        }

        // A null array would become empty memory, not none.
        var plain = key.TryOpen(body.Span, place);
        return plain is null ? default(ReadOnlyMemory<byte>?) : plain.AsMemory();
    }

    private StoredRecord? Open(StoredRecord record, out StoreFault? fault)
    {
        var body = Open(record.Body, Place.Of(record));
        fault = body is null ? OtherKey(record.Body) : null;
        return body is { } plain ? record with { Body = plain } : null;
    }

    private StoreResult<IReadOnlyList<StoredRecord>> OpenAll(StoreResult<IReadOnlyList<StoredRecord>> result)
    {
        if (!result.IsDone)
        {
            return result;
        }

        var records = new List<StoredRecord>(result.Value.Count);
        foreach (var sealedRecord in result.Value)
        {
            if (Open(sealedRecord, out var fault) is not { } record)
            {
                return new([], fault);
            }

            records.Add(record);
        }

        return new(records, null);
    }

    private StoreFault OtherKey(ReadOnlyMemory<byte> body) => new(
        StoreFaultKind.Corrupt,
        StoreKey.IdOf(body.Span) == key.Id
            ? "a stored body was changed or moved since it was sealed"
            : $"a stored body was sealed with key {StoreKey.IdOf(body.Span)}, and encryption_key is key {key.Id}: give the old key, or 'store rotate-key' from it");
}
