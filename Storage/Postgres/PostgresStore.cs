using System.Net.Sockets;
using BifrostLite.Configuration;
using Npgsql;

namespace BifrostLite.Storage.Postgres;

/// <summary>
/// The store in a PostgreSQL database, for several instances over the same data. A call takes a connection of the pool; nothing here blocks
/// a thread. While the server cannot be reached calls fail at once but for one that tries again, and the gateway goes on.
/// </summary>
internal sealed class PostgresStore : IStore, IBodies
{
    /// <summary>Calls that may wait for a connection.</summary>
    private const int QueueCapacity = 20_000;

    private const int StepRows = 500;

    /// <summary>After a failed connection nobody tries again for so long, or every call would wait for the time limit.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly StoreMeter _meter = new("postgres");
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _migrating = new(1);

    /// <summary>A burst waits here, not in the pool, whose time limit would call it an outage.</summary>
    private readonly SemaphoreSlim _connections;
    private volatile bool _isReady;
    private long _downUntil;

    public PostgresStore(PostgresConfig config, TimeProvider clock)
    {
        _clock = clock;
        _connections = new SemaphoreSlim(config.MaxConnections);
        var builder = new NpgsqlSlimDataSourceBuilder(new NpgsqlConnectionStringBuilder
        {
            Host = config.Host,
            Port = config.Port,
            Username = config.User,
            Password = config.Password.Reveal(),
            Database = config.Database,
            SslMode = ModeOf(config.SslMode),
            MaxPoolSize = config.MaxConnections,
            Timeout = 5,
            CommandTimeout = 30,
            ApplicationName = "bifrost-lite",
            MaxAutoPrepare = 20,
        }.ConnectionString);
        builder.EnableTransportSecurity();
        _source = builder.Build();
    }

    public StoreHealth Health => _meter.Health;

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Connects and brings the tables up to date; the fault where that did not go. Calls try again by themselves.</summary>
    public async Task<StoreFault?> ConnectAsync() => (await DoAsync(_ => Task.FromResult(true))).Fault;

    public Task<StoreResult<bool>> PutAsync(StoredRecord record) => DoAsync(connection => PostgresRecords.PutAsync(connection, record, Now));

    public Task<StoreResult<StoredRecord?>> GetAsync(string kind, string id) => DoAsync(connection => PostgresRecords.GetAsync(connection, kind, id, Now));

    public Task<StoreResult<bool>> DeleteAsync(string kind, string id) => DoAsync(connection => PostgresRecords.DeleteAsync(connection, kind, id));

    public Task<StoreResult<long>> DeleteChildrenAsync(string kind, string parent) =>
        DoAsync(connection => PostgresRecords.DeleteChildrenAsync(connection, kind, parent));

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ListAsync(RecordQuery query) =>
        DoAsync(connection => PostgresRecords.ListAsync(connection, query, Now));

    public Task<StoreResult<bool>> TryUpdateAsync(StoredRecord record) => DoAsync(connection => PostgresRecords.TryUpdateAsync(connection, record, Now));

    public Task<StoreResult<IReadOnlyList<StoredRecord>>> ClaimAsync(RecordClaim claim) =>
        DoAsync(connection => PostgresRecords.ClaimAsync(connection, claim, Now));

    public Task<StoreResult<long[]>> AddAsync(IReadOnlyList<CounterChange> changes) => DoAsync(connection => PostgresCounters.AddAsync(connection, changes));

    public Task<StoreResult<long[]>> ReadAsync(IReadOnlyList<CounterChange> counters) => DoAsync(connection => PostgresCounters.ReadAsync(connection, counters));

    public Task<StoreResult<bool>> AppendLogsAsync(IReadOnlyList<LogEntry> entries) => DoAsync(connection => PostgresLogs.AppendAsync(connection, entries));

    public Task<StoreResult<LogPage>> QueryLogsAsync(LogQuery query) => DoAsync(connection => PostgresLogs.QueryAsync(connection, query));

    public Task<StoreResult<LogEntry?>> GetLogAsync(string id) => DoAsync(connection => PostgresLogs.GetAsync(connection, id));

    public Task<StoreResult<IReadOnlyList<LogBucket>>> LogStatsAsync(LogStatsQuery query) =>
        DoAsync(connection => PostgresLogs.StatsAsync(connection, query));

    public Task<StoreResult<LogValues>> LogValuesAsync(LogFilter filter) => DoAsync(connection => PostgresLogs.ValuesAsync(connection, filter));

    public Task<StoreResult<bool>> SetLogCostsAsync(IReadOnlyList<LogCost> costs) => DoAsync(connection => PostgresLogs.SetCostsAsync(connection, costs));

    public Task<StoreResult<long>> DeleteLogsAsync(IReadOnlyList<string> ids) => DoAsync(connection => PostgresLogs.DeleteAsync(connection, ids));

    /// <summary>By age only: deleting does not make a PostgreSQL table smaller at once, so its size says nothing.</summary>
    public async Task<StoreResult<long>> SweepAsync(StoreLimits limits)
    {
        var rows = 0L;
        foreach (var (table, condition, moment) in new[]
        {
            ("lite_records", "expires_at <= $1", Now), ("lite_counters", "expires_at <= $1", Now),
            ("lite_logs", "time < $1", limits.LogsAfter.ToUnixTimeMilliseconds()),
        })
        {
            int deleted;
            do
            {
                var result = await DoAsync(async connection =>
                {
                    await using var command = new PostgresCommand(
                        connection, $"DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} WHERE {condition} LIMIT {StepRows})");
                    return await command.Bind(moment).RunAsync();
                });
                if (!result.IsDone)
                {
                    return new StoreResult<long>(rows, result.Fault);
                }

                deleted = result.Value;
                rows += deleted;
            }
            while (deleted > 0);
        }

        return new StoreResult<long>(rows, null);
    }

    public Task<StoreResult<IReadOnlyList<StoredBody>>> BodiesAsync(BodyKind kind, long after, int limit) =>
        DoAsync(connection => PostgresBodies.ReadAsync(connection, kind, after, limit));

    public Task<StoreResult<bool>> ReplaceBodiesAsync(BodyKind kind, IReadOnlyList<StoredBody> bodies) =>
        DoAsync(connection => PostgresBodies.ReplaceAsync(connection, kind, bodies));

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _migrating.Dispose();
    }

    private static SslMode ModeOf(string mode) => mode switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => SslMode.Prefer,
    };

    private async Task<StoreResult<T>> DoAsync<T>(Func<NpgsqlConnection, Task<T>> body)
    {
        var begun = _meter.Begin();
        var fault = _meter.Health.Queue > QueueCapacity ? StoreFault.Overloaded : null;
        T result = default!;
        if (fault is null && Volatile.Read(ref _downUntil) > Now)
        {
            fault = _meter.Health.Fault;
        }

        if (fault is null)
        {
            await _connections.WaitAsync();
            try
            {
                (result, fault) = await CallAsync(body);
            }
            finally
            {
                _connections.Release();
            }
        }

        _meter.End(begun, fault);
        return new StoreResult<T>(result, fault);
    }

    private async Task<(T Result, StoreFault? Fault)> CallAsync<T>(Func<NpgsqlConnection, Task<T>> body)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync();
            if (!_isReady && await MigrateAsync(connection) is { } complaint)
            {
                return (default!, new StoreFault(StoreFaultKind.Failed, complaint));
            }

            var result = await body(connection);
            Volatile.Write(ref _downUntil, 0);
            return (result, null);
        }
        catch (Exception problem) when (problem is NpgsqlException or SocketException or IOException or TimeoutException or InvalidOperationException
            or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            var fault = FaultOf(problem);
            if (fault.Kind == StoreFaultKind.Unavailable)
            {
                Volatile.Write(ref _downUntil, Now + (long)RetryAfter.TotalMilliseconds);
            }

            return (default!, fault);
        }
    }

    private async Task<string?> MigrateAsync(NpgsqlConnection connection)
    {
        await _migrating.WaitAsync();
        try
        {
            var complaint = _isReady ? null : await PostgresSchema.MigrateAsync(connection);
            _isReady = complaint is null;
            return complaint;
        }
        finally
        {
            _migrating.Release();
        }
    }

    /// <summary>SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html.</summary>
    private static StoreFault FaultOf(Exception problem)
    {
        var kind = problem is PostgresException { SqlState: var state } ? state switch
        {
            "53100" or "53200" => StoreFaultKind.Full,
            "25006" => StoreFaultKind.ReadOnly,
            "55P03" or "40P01" or "40001" => StoreFaultKind.Locked,
            "XX001" or "XX002" => StoreFaultKind.Corrupt,
            _ when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) || state == "53300" => StoreFaultKind.Unavailable,
            _ => StoreFaultKind.Failed,
        }
        : StoreFaultKind.Unavailable;
        return new StoreFault(kind, "PostgreSQL: " + problem.Message);
    }
}
