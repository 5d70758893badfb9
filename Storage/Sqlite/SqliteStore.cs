namespace BifrostLite.Storage.Sqlite;

/// <summary>
/// The store in one file beside the configuration: one writing thread, which batches, and two reading ones, so that a long look at the
/// log does not keep a record waiting. Write-ahead log, so readers and the writer do not wait for each other.
/// </summary>
internal sealed class SqliteStore : IStore, IBodies
{
    private const int Readers = 2;

    private readonly StoreMeter _meter = new("sqlite");
    private readonly TimeProvider _clock;
    private readonly SqliteThread _writer;
    private readonly SqliteThread[] _readers;
    private int _nextReader;

    private SqliteStore(string file, SqliteConnection writer, TimeProvider clock)
    {
        _clock = clock;
        _writer = new SqliteThread(writer, _meter, isWriter: true);
        _readers = new SqliteThread[Readers];
        for (var i = 0; i < Readers; i++)
        {
            _readers[i] = new SqliteThread(new SqliteConnection(file, SqliteNative.OpenReadOnly), _meter, isWriter: false);
        }
    }

    public StoreHealth Health => _meter.Health;

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens the file, made where there is none, with its tables brought to this version; or says what is wrong and what to do.</summary>
    /// <param name="file">Its full path.</param>
    /// <param name="clock">Says what has expired.</param>
    /// <param name="adjust">Changes the writing connection, for tests.</param>
    public static StoreResult<IStore?> Open(string file, TimeProvider clock, Action<SqliteConnection>? adjust = null)
    {
        if (SqliteLibrary.Complaint is { } complaint)
        {
            return new(null, new StoreFault(StoreFaultKind.Unavailable, complaint));
        }

        SqliteConnection? writer = null;
        try
        {
            SqliteFile.Create(file);
            writer = new SqliteConnection(file, SqliteNative.OpenReadWrite | SqliteNative.OpenCreate);
            if (SqliteFile.Prepare(writer) is { } trouble)
            {
                writer.Dispose();
                return new(null, SqliteFile.WithAdvice(file, new StoreFault(StoreFaultKind.Failed, trouble)));
            }

            adjust?.Invoke(writer);
            return new(new SqliteStore(file, writer, clock), null);
        }
        catch (SqliteException problem)
        {
            writer?.Dispose();
            return new(null, SqliteFile.WithAdvice(file, problem.ToFault()));
        }
    }

    public Task<StoreResult<bool>> PutAsync(StoredRecord record) =>
        _writer.DoAsync(connection => SqliteRecords.Put(connection, record, Now), SqliteWish.Durable);

    public Task<StoreResult<StoredRecord?>> GetAsync(string kind, string id) =>
        Reader().DoAsync(connection => SqliteRecords.Get(connection, kind, id, Now));

    public Task<StoreResult<bool>> DeleteAsync(string kind, string id) =>
        _writer.DoAsync(connection => SqliteRecords.Delete(connection, kind, id), SqliteWish.Durable);

    public Task<StoreResult<long>> DeleteChildrenAsync(string kind, string parent) =>
        _writer.DoAsync(connection => SqliteRecords.DeleteChildren(connection, kind, parent), SqliteWish.Durable);

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ListAsync(RecordQuery query) =>
        Reader().DoAsync(connection => SqliteRecords.List(connection, query, Now));

    public Task<StoreResult<bool>> TryUpdateAsync(StoredRecord record) =>
        _writer.DoAsync(connection => SqliteRecords.TryUpdate(connection, record, Now), SqliteWish.Durable);

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ClaimAsync(RecordClaim claim) =>
        _writer.DoAsync(connection => SqliteRecords.Claim(connection, claim, Now), SqliteWish.Durable);

    public Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes) =>
        _writer.DoAsync(connection => SqliteCounters.Add(connection, changes));

    public Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters) =>
        Reader().DoAsync(connection => SqliteCounters.Read(connection, counters));

    public Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries) =>
        _writer.DoAsync(connection => SqliteLogs.Append(connection, entries), SqliteWish.Inline);

    public Task<StoreResult<LogPage>> QueryLogsAsync(LogQuery query) => Reader().DoAsync(connection => SqliteLogs.Query(connection, query));

    public Task<StoreResult<LogEntry?>> GetLogAsync(string id) => Reader().DoAsync(connection => SqliteLogs.Get(connection, id));

    public Task<StoreResult<IReadOnlyList<LogBucket>>> LogStatsAsync(LogStatsQuery query) =>
        Reader().DoAsync(connection => SqliteLogs.Stats(connection, query));

    public Task<StoreResult<LogValues>> LogValuesAsync(LogFilter filter) => Reader().DoAsync(connection => SqliteLogs.Values(connection, filter));

    public Task<StoreResult<bool>> SetLogCostsAsync(IReadOnlyList<LogCost> costs) =>
        _writer.DoAsync(connection => SqliteLogs.SetCosts(connection, costs));

    public Task<StoreResult<long>> DeleteLogsAsync(IReadOnlyList<string> ids) =>
        _writer.DoAsync(connection => SqliteLogs.Delete(connection, ids), SqliteWish.Durable);

    public async Task<StoreResult<long>> SweepAsync(StoreLimits limits)
    {
        var (rows, fault) = await RepeatAsync(connection => SqliteSweep.Expired(connection, Now));
        if (fault is null)
        {
            (var more, fault) = await RepeatAsync(connection => SqliteSweep.Logs(connection, limits.LogsAfter.ToUnixTimeMilliseconds()));
            rows += more;
        }

        if (fault is null && limits.MaxBytes is { } maxBytes)
        {
            (var more, fault) = await RepeatAsync(connection => SqliteSweep.OverSize(connection, maxBytes));
            rows += more;
        }

        if (fault is null && rows > 0)
        {
            (_, fault) = await RepeatAsync(SqliteSweep.Shrink);
        }

        return new StoreResult<long>(rows, fault);
    }

    public Task<StoreResult<IReadOnlyList<StoredBody>>> BodiesAsync(BodyKind kind, long after, int limit) =>
        Reader().DoAsync(connection => SqliteBodies.Read(connection, kind, after, limit));

    public Task<StoreResult<bool>> ReplaceBodiesAsync(BodyKind kind, IReadOnlyList<StoredBody> bodies) =>
        _writer.DoAsync(connection => SqliteBodies.Replace(connection, kind, bodies), SqliteWish.Durable);

    /// <summary>Answers what waits, then closes the file.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
        {
            reader.Dispose();
        }

        _writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private SqliteThread Reader() => _readers[(uint)Interlocked.Increment(ref _nextReader) % Readers];

    private async Task<(long Rows, StoreFault? Fault)> RepeatAsync(Func<SqliteConnection, long> step)
    {
        var rows = 0L;
        while (true)
        {
            var result = await _writer.DoAsync(step);
            if (!result.IsDone || result.Value == 0)
            {
                return (rows, result.Fault);
            }

            rows += result.Value;
        }
    }
}
