namespace BifrostLite.Storage.Sqlite;

/// <summary>
/// The statements of the request log. An entry costs what its row and its indexes cost, beside the requests on the same machine, so the table
/// has no index: seq is the time an entry came, with a number below it, and tells the order and the range of time by itself.
/// </summary>
internal static unsafe class SqliteLogs
{
    /// <summary>Entries of one millisecond that can be told apart: more than a machine can write.</summary>
    private const int SequenceBits = 20;

    /// <summary>An entry is written when its request is over: no later than this after it came.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromDays(1);

    /// <summary>The least seq an entry of this time or a later one can have.</summary>
    public static long SequenceAt(long milliseconds) => Math.Clamp(milliseconds, 0, long.MaxValue >> SequenceBits) << SequenceBits;

    public static bool Append(SqliteConnection connection, IReadOnlyList<LogEntry> entries)
    {
        var sequence = connection.ReadNumber("SELECT coalesce(max(seq), 0) FROM lite_logs");
        var facts = new LogFactsWriter();
        using var statement = connection.Prepare(
            $"INSERT INTO lite_logs ({LogRow.Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
        foreach (var entry in entries)
        {
            sequence = Math.Max(sequence + 1, SequenceAt(entry.Time));
            var packed = facts.Write(entry);
            fixed (byte* _ = packed)
            {
                statement.Bind(sequence).Bind(entry.Id).Bind(entry.Time).BindAgain(entry.Provider).BindAgain(entry.Model)
                    .BindAgain(entry.VirtualKey).BindAgain(entry.KeyName).BindAgain(entry.Operation).BindAgain(entry.Error).Bind((double?)entry.Milliseconds)
                    .Bind(entry.InputTokens).Bind(entry.OutputTokens).Bind(entry.Cost).BindInPlace(packed)
                    .Run();
                statement.Restart();
            }

            if (entry.HasContent)
            {
                AppendContent(connection, sequence, entry);
            }
        }

        return true;
    }

    public static LogPage Query(SqliteConnection connection, LogQuery query)
    {
        var filter = Condition(query.Filter);
        var total = query.CountsTotal ? Total(connection, filter) : null;
        filter.Before(query.Before);
        using var statement = filter.BindTo(connection.Compile(LogRow.SelectPage(query, filter)));
        var entries = new List<LogEntry>();
        while (statement.Step())
        {
            entries.Add(LogRow.Read(statement));
        }

        return new LogPage(entries, total);
    }

    /// <summary>Walks back from the newest, as there is no index of ids: 0.17 s for a million entries.</summary>
    public static LogEntry? Get(SqliteConnection connection, string id)
    {
        using var statement = connection.Prepare($"""
            SELECT {LogRow.Columns}, request, response FROM lite_logs LEFT JOIN lite_log_contents USING (seq) WHERE id = ?1 ORDER BY seq DESC LIMIT 1
            """);
        return statement.Bind(id).Step() ? LogRow.Read(statement, withContent: true) : null;
    }

    public static IReadOnlyList<LogBucket> Stats(SqliteConnection connection, LogStatsQuery query)
    {
        var condition = Condition(query.Filter);
        var sums = new LogSums(query);
        using var statement = condition.BindTo(connection.Compile(sums.Select(condition)));
        while (statement.Step())
        {
            sums.Add(statement);
        }

        return sums.Finish();
    }

    public static LogValues Values(SqliteConnection connection, LogFilter filter)
    {
        var condition = Condition(filter);
        using var statement = condition.BindTo(connection.Compile(LogValues.Select(condition)));
        var values = new LogValues();
        while (statement.Step())
        {
            values.Add(statement);
        }

        return values;
    }

    public static bool SetCosts(SqliteConnection connection, IReadOnlyList<LogCost> costs)
    {
        using var statement = connection.Compile(LogCost.Update(costs));
        statement.Run();
        return true;
    }

    public static long Delete(SqliteConnection connection, IReadOnlyList<string> ids)
    {
        var condition = new LogFilterSql('?').Add(new LogFilter { Ids = ids });
        using var contents = condition.BindTo(
            connection.Compile($"DELETE FROM lite_log_contents WHERE seq IN (SELECT seq FROM lite_logs{condition.Where})"));
        contents.Run();
        using var entries = condition.BindTo(connection.Compile("DELETE FROM lite_logs" + condition.Where));
        entries.Run();
        return connection.Changes;
    }

    private static void AppendContent(SqliteConnection connection, long sequence, LogEntry entry)
    {
        using var statement = connection.Prepare("INSERT INTO lite_log_contents VALUES (?1, ?2, ?3)");
        statement.Bind(sequence).Bind(entry.RequestBody.Span).Bind(entry.ResponseBody.Span).Run();
    }

    private static LogTotals Total(SqliteConnection connection, LogFilterSql filter)
    {
        using var statement = filter.BindTo(connection.Compile(LogRow.SelectTotals(filter)));
        statement.Step();
        return LogRow.ReadTotals(statement);
    }

    private static LogFilterSql Condition(LogFilter filter) => new LogFilterSql('?').Add(filter).Between(
        filter.From is { } from ? SequenceAt(from.ToUnixTimeMilliseconds()) : null,
        filter.To is { } to ? SequenceAt(to.ToUnixTimeMilliseconds() + (long)LongestRequest.TotalMilliseconds) : null);
}
