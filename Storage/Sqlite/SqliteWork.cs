namespace BifrostLite.Storage.Sqlite;

/// <summary>What the caller wants besides the result.</summary>
internal enum SqliteWish
{
    None,

    /// <summary>Must survive a loss of power once acknowledged.</summary>
    Durable,

    /// <summary>
    /// The caller goes on at once and on the engine's thread, for he only brings the next batch: waking another thread for that costs more
    /// than the batch's commit.
    /// </summary>
    Inline,
}

/// <summary>One call, waiting for an engine's thread.</summary>
internal abstract class SqliteWork(SqliteWish wish)
{
    public SqliteWish Wish => wish;

    public long Begun { get; set; }

    /// <summary>Does it; may be done again where the transaction around it was undone.</summary>
    public abstract void Run(SqliteConnection connection);

    /// <summary>Tells the caller that it is done: after the commit.</summary>
    public abstract void Succeed();

    public abstract void Fail(StoreFault fault);
}

/// <summary>A call with its result. The caller goes on elsewhere unless he wished otherwise.</summary>
internal sealed class SqliteWork<T>(Func<SqliteConnection, T> body, SqliteWish wish) : SqliteWork(wish)
{
    private readonly TaskCompletionSource<StoreResult<T>> _end =
        new(wish == SqliteWish.Inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<StoreResult<T>> Task => _end.Task;

    public override void Run(SqliteConnection connection) => _result = body(connection);

    public override void Succeed() => _end.SetResult(new StoreResult<T>(_result, null));

    public override void Fail(StoreFault fault) => _end.SetResult(new StoreResult<T>(default!, fault));
}
