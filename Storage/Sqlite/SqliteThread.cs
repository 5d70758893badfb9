namespace BifrostLite.Storage.Sqlite;

/// <summary>
/// A thread with a connection of its own and a bounded queue before it: callers leave work and go. The writing one takes all that waits
/// into one transaction, which is where the speed is (docs/decisions.md, "Storage"); a reading one runs call by call.
/// </summary>
internal sealed class SqliteThread : IDisposable
{
    /// <summary>Calls, not rows: a batch of log entries is one call.</summary>
    private const int QueueCapacity = 20_000;

    /// <summary>Most calls of one transaction, so that nobody waits long for others' work.</summary>
    private const int BatchSize = 1000;

    private readonly Queue<SqliteWork> _queue = [];
    private readonly SqliteConnection _connection;
    private readonly StoreMeter _meter;
    private readonly bool _isWriter;
    private readonly Thread _thread;
    private bool _isClosed;
    private bool _isSafeMode;

    public SqliteThread(SqliteConnection connection, StoreMeter meter, bool isWriter)
    {
        _connection = connection;
        _meter = meter;
        _isWriter = isWriter;
        _thread = new Thread(Run) { IsBackground = true, Name = isWriter ? "sqlite writer" : "sqlite reader" };
        _thread.Start();
    }

    public Task<StoreResult<T>> DoAsync<T>(Func<SqliteConnection, T> body, SqliteWish wish = SqliteWish.None)
    {
        var work = new SqliteWork<T>(body, wish) { Begun = _meter.Begin() };
        lock (_queue)
        {
            if (!_isClosed && _queue.Count < QueueCapacity)
            {
                _queue.Enqueue(work);
                Monitor.Pulse(_queue);
                return work.Task;
            }
        }

        End(work, _isClosed ? StoreFault.Closed : StoreFault.Overloaded);
        return work.Task;
    }

    /// <summary>Finishes what waits, then closes the connection.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _isClosed = true;
            Monitor.Pulse(_queue);
        }

        _thread.Join();
    }

    private void Run()
    {
        var batch = new List<SqliteWork>();
        while (Take(batch))
        {
            Serve(batch);
            batch.Clear();
        }

        _connection.Dispose();
    }

    private bool Take(List<SqliteWork> batch)
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_isClosed)
                {
                    return false;
                }

                Monitor.Wait(_queue);
            }

            var most = _isWriter ? BatchSize : 1;
            while (batch.Count < most && _queue.TryDequeue(out var work))
            {
                batch.Add(work);
            }

            return true;
        }
    }

    /// <summary>All in one transaction; where that fails and may be one call's doing, each alone, which shows whose.</summary>
    private void Serve(List<SqliteWork> batch)
    {
        var fault = Transact(batch);
        var isAnybodys = batch.Count > 1 && fault?.Kind is StoreFaultKind.Full or StoreFaultKind.Failed;
        foreach (var work in batch)
        {
            End(work, isAnybodys ? Transact([work]) : fault);
        }
    }

    private StoreFault? Transact(List<SqliteWork> batch)
    {
        try
        {
            if (_isWriter)
            {
                SetSafety(batch.Exists(static work => work.Wish == SqliteWish.Durable));
                Run("BEGIN IMMEDIATE");
            }

            foreach (var work in batch)
            {
                work.Run(_connection);
            }

            if (_isWriter)
            {
                Run("COMMIT");
            }

            return null;
        }
        catch (SqliteException problem)
        {
            Undo();
            return problem.ToFault();
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            // The thread must live on: everybody else's calls come through it.
            Undo();
            return new StoreFault(StoreFaultKind.Failed, bug.GetType().Name + ": " + bug.Message);
        }
    }

    /// <summary>A full disk sync before the commit counts is only for what was promised: https://www.sqlite.org/pragma.html#pragma_synchronous.</summary>
    private void SetSafety(bool isSafe)
    {
        if (isSafe != _isSafeMode)
        {
            _connection.Execute(isSafe ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            _isSafeMode = isSafe;
        }
    }

    /// <summary>Of these there is one for each batch: they stay prepared.</summary>
    private void Run(string sql)
    {
        using var statement = _connection.Prepare(sql);
        statement.Run();
    }

    private void Undo()
    {
        // Some errors (a full disk) have undone the transaction already.
        if (_isWriter && _connection.IsInTransaction)
        {
            try
            {
                _connection.Execute("ROLLBACK");
            }
            catch (SqliteException)
            {
                // The next BEGIN says what is wrong.
            }
        }
    }

    private void End(SqliteWork work, StoreFault? fault)
    {
        _meter.End(work.Begun, fault, _isWriter);
        if (fault is null)
        {
            work.Succeed();
        }
        else
        {
            work.Fail(fault);
        }
    }
}
