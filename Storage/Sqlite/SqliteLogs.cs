namespace BifrostLite.Storage.Sqlite;

/// <summary>The statements of the request log.</summary>
internal static class SqliteLogs
{
    private const string Columns = """
        seq, id, time, route, operation, caller_dialect, upstream_dialect, provider, model, requested_model, key_name, virtual_key, status, error,
        error_message, is_stream, attempts, trail, losses, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
        cost, headers_ms, first_token_ms, total_ms, bytes_in, bytes_out, extra
        """;

    public static bool Append(SqliteConnection connection, IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            using var statement = connection.Prepare($"""
                INSERT INTO lite_logs ({Columns}) VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                  ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30) RETURNING seq
                """);
            statement.Bind(entry.Id).Bind(entry.Time).Bind(entry.Route).Bind(entry.Operation).Bind(entry.CallerDialect).Bind(entry.UpstreamDialect)
                .Bind(entry.Provider).Bind(entry.Model).Bind(entry.RequestedModel).Bind(entry.KeyName).Bind(entry.VirtualKey).Bind(entry.Status)
                .Bind(entry.Error).Bind(entry.ErrorMessage).Bind(entry.IsStream ? 1 : 0).Bind(entry.Attempts).Bind(entry.Trail).Bind(entry.Losses)
                .Bind(entry.InputTokens).Bind(entry.OutputTokens).Bind(entry.CacheReadTokens).Bind(entry.CacheWriteTokens).Bind(entry.ReasoningTokens)
                .Bind(entry.Cost).Bind(entry.HeadersMilliseconds).Bind(entry.FirstTokenMilliseconds).Bind((double?)entry.Milliseconds)
                .Bind(entry.BytesIn).Bind(entry.BytesOut).Bind(entry.Extra);
            statement.Step();
            if (entry.HasContent)
            {
                AppendContent(connection, statement.Long(0), entry);
            }

            statement.Run();
        }

        return true;
    }

    public static LogPage Query(SqliteConnection connection, LogQuery query)
    {
        var filter = new LogFilterSql('?').Add(query.Filter);
        var total = query.CountsTotal ? Total(connection, filter) : null;
        filter.Before(query.Before);
        var order = query.Order switch
        {
            LogOrder.Milliseconds => "total_ms",
            LogOrder.Tokens => "input_tokens + output_tokens",
            LogOrder.Cost => "cost",
            _ => "seq",
        };
        var direction = query.Ascending ? "" : " DESC";
        using var statement = connection.Compile(
            $"SELECT {Columns} FROM lite_logs{filter.Where} ORDER BY {order}{direction}, seq{direction} LIMIT {query.Limit} OFFSET {query.Offset}");
        Bind(statement, filter);
        var entries = new List<LogEntry>();
        while (statement.Step())
        {
            entries.Add(Read(statement, default, default));
        }

        return new LogPage(entries, total);
    }

    public static LogEntry? Get(SqliteConnection connection, string id)
    {
        using var statement = connection.Prepare($"""
            SELECT {Columns}, request, response FROM lite_logs LEFT JOIN lite_log_contents USING (seq) WHERE id = ?1 ORDER BY seq DESC LIMIT 1
            """);
        return statement.Bind(id).Step() ? Read(statement, statement.Bytes(31), statement.Bytes(32)) : null;
    }

    public static IReadOnlyList<LogBucket> Stats(SqliteConnection connection, LogFilter filter, TimeSpan bucket)
    {
        var condition = new LogFilterSql('?').Add(filter);
        using var statement = connection.Compile($"SELECT {LogSums.Columns} FROM lite_logs{condition.Where}");
        Bind(statement, condition);
        var sums = new LogSums(bucket);
        while (statement.Step())
        {
            sums.Add(statement.Long(0), statement.Long(1) != 0, statement.Long(2), statement.Long(3), statement.Double(4), statement.Double(5));
        }

        return sums.Finish();
    }

    private static void AppendContent(SqliteConnection connection, long sequence, LogEntry entry)
    {
        using var statement = connection.Prepare("INSERT INTO lite_log_contents VALUES (?1, ?2, ?3)");
        statement.Bind(sequence).Bind(entry.RequestBody.Span).Bind(entry.ResponseBody.Span).Run();
    }

    private static LogTotals Total(SqliteConnection connection, LogFilterSql filter)
    {
        using var statement = connection.Compile($"""
            SELECT count(*), coalesce(sum(error <> ''), 0), coalesce(avg(total_ms), 0), coalesce(sum(input_tokens + output_tokens), 0), coalesce(sum(cost), 0)
            FROM lite_logs{filter.Where}
            """);
        Bind(statement, filter);
        statement.Step();
        return new LogTotals(statement.Long(0), statement.Long(1), statement.Double(2), statement.Long(3), statement.Double(4));
    }

    private static void Bind(SqliteStatement statement, LogFilterSql filter)
    {
        foreach (var parameter in filter.Parameters)
        {
            statement.Bind(parameter);
        }
    }

    private static LogEntry Read(SqliteStatement row, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response) => new()
    {
        Sequence = row.Long(0),
        Id = row.Text(1),
        Time = row.Long(2),
        Route = row.Text(3),
        Operation = row.Text(4),
        CallerDialect = row.Text(5),
        UpstreamDialect = row.Text(6),
        Provider = row.Text(7),
        Model = row.Text(8),
        RequestedModel = row.Text(9),
        KeyName = row.Text(10),
        VirtualKey = row.Text(11),
        Status = (int)row.Long(12),
        Error = row.Text(13),
        ErrorMessage = row.Text(14),
        IsStream = row.Long(15) != 0,
        Attempts = (int)row.Long(16),
        Trail = row.Text(17),
        Losses = row.Text(18),
        InputTokens = row.Long(19),
        OutputTokens = row.Long(20),
        CacheReadTokens = row.Long(21),
        CacheWriteTokens = row.Long(22),
        ReasoningTokens = row.Long(23),
        Cost = row.DoubleOrNull(24),
        HeadersMilliseconds = row.DoubleOrNull(25),
        FirstTokenMilliseconds = row.DoubleOrNull(26),
        Milliseconds = row.Double(27),
        BytesIn = row.Long(28),
        BytesOut = row.Long(29),
        Extra = row.Text(30),
        RequestBody = request,
        ResponseBody = response,
    };
}
