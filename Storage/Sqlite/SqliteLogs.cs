namespace BifrostLite.Storage.Sqlite;

/// <summary>
/// The statements of the request log. An entry costs what its row and its indexes cost, beside the requests on the same machine, so the table
/// has no index: seq is the time an entry came, with a number below it, and tells the order and the range of time by itself; for ids
/// there are <see cref="SqliteLogMarks"/>.
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
        if (entries.Count == 0)
        {
            return true;
        }

        var sequence = connection.ReadNumber("SELECT coalesce(max(seq), 0) FROM lite_logs");
        var first = 0L;
        var facts = new LogFactsWriter();
        using var statement = connection.Prepare(
            $"INSERT INTO lite_logs ({LogRow.Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
        foreach (var entry in entries)
        {
            sequence = Math.Max(sequence + 1, SequenceAt(entry.Time));
            first = first == 0 ? sequence : first;
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

        SqliteLogMarks.Append(connection, entries, first, sequence);
        return true;
    }

    public static LogPage Query(SqliteConnection connection, LogQuery query)
    {
        var filter = Condition(connection, query.Filter);
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

    /// <summary>The newest with this id.</summary>
    public static LogEntry? Get(SqliteConnection connection, string id)
    {
        if (SqliteLogMarks.Find(connection, [id]) is not [var sequence, ..])
        {
            return null;
        }

        using var statement = connection.Prepare(
            $"SELECT {LogRow.Columns}, request, response FROM lite_logs LEFT JOIN lite_log_contents USING (seq) WHERE seq = ?1");
        return statement.Bind(sequence).Step() ? LogRow.Read(statement, withContent: true) : null;
    }

    public static IReadOnlyList<LogBucket> Stats(SqliteConnection connection, LogStatsQuery query)
    {
        var condition = Condition(connection, query.Filter);
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
        var condition = Condition(connection, filter);
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
        var condition = Condition(connection, new LogFilter { Ids = ids });
        using var contents = connection.Compile("DELETE FROM lite_log_contents" + condition.Where);
        contents.Run();
        using var entries = connection.Compile("DELETE FROM lite_logs" + condition.Where);
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

    private static LogFilterSql Condition(SqliteConnection connection, LogFilter filter)
    {
        var sequences = filter.Ids.Count == 0 ? null : SqliteLogMarks.Find(connection, filter.Ids);
        var condition = new LogFilterSql('?').Add(sequences is null ? filter : filter with { Ids = [] }).Between(
            filter.From is { } from ? SequenceAt(from.ToUnixTimeMilliseconds()) : null,
            filter.To is { } to ? SequenceAt(to.ToUnixTimeMilliseconds() + (long)LongestRequest.TotalMilliseconds) : null);
        return sequences is null ? condition : condition.In(sequences);
    }
}
