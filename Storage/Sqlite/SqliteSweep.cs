namespace BifrostLite.Storage.Sqlite;

/// <summary>The statements of cleaning up, each a small step: whoever waits for the writer waits for one step.</summary>
internal static class SqliteSweep
{
    /// <summary>Rows a step deletes: some milliseconds.</summary>
    public const int StepRows = 500;

    /// <summary>Deletes some of what has expired; 0 when there is no more.</summary>
    public static long Expired(SqliteConnection connection, long now) =>
        Delete(connection, "DELETE FROM lite_records WHERE seq IN (SELECT seq FROM lite_records WHERE expires_at <= ?1 LIMIT ?2)", now)
        + Delete(
            connection,
            "DELETE FROM lite_counters WHERE (key, window_start) IN (SELECT key, window_start FROM lite_counters WHERE expires_at <= ?1 LIMIT ?2)",
            now);

    /// <summary>Deletes some of the log entries before a moment; 0 when there is no more.</summary>
    public static long Logs(SqliteConnection connection, long before)
    {
        var end = SqliteLogs.SequenceAt(before);
        Delete(
            connection, "DELETE FROM lite_log_contents WHERE seq IN (SELECT seq FROM lite_logs WHERE seq < ?1 ORDER BY seq LIMIT ?2)", end);
        var deleted = Delete(connection, "DELETE FROM lite_logs WHERE seq IN (SELECT seq FROM lite_logs WHERE seq < ?1 ORDER BY seq LIMIT ?2)", end);
        SqliteLogMarks.Sweep(connection);
        return deleted;
    }

    /// <summary>Deletes some of the oldest log entries where the file holds more than this; 0 when it does not.</summary>
    public static long OverSize(SqliteConnection connection, long maxBytes)
    {
        var used = connection.ReadNumber("PRAGMA page_size")
            * (connection.ReadNumber("PRAGMA page_count") - connection.ReadNumber("PRAGMA freelist_count"));
        return used > maxBytes ? Logs(connection, long.MaxValue) : 0;
    }

    /// <summary>Gives some of what deleting freed back to the file system: 4 MB each time.</summary>
    public static long Shrink(SqliteConnection connection)
    {
        connection.Execute("PRAGMA incremental_vacuum(1000)");
        return 0;
    }

    private static long Delete(SqliteConnection connection, string sql, long moment)
    {
        using var statement = connection.Prepare(sql);
        statement.Bind(moment).Bind(StepRows).Run();
        return connection.Changes;
    }
}
