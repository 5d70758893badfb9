using Npgsql;
using NpgsqlTypes;

namespace BifrostLite.Storage.Postgres;

/// <summary>The statements of the request log. Batches go in with COPY, the fastest way there is.</summary>
internal static class PostgresLogs
{
    private const string Values = """
        id, time, route, operation, caller_dialect, upstream_dialect, provider, model, requested_model, key_name, virtual_key, status, error,
        error_message, is_stream, attempts, trail, losses, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
        cost, headers_ms, first_token_ms, total_ms, bytes_in, bytes_out, extra
        """;

    private const string Columns = "seq, " + Values;

    public static async Task<bool> AppendAsync(NpgsqlConnection connection, IReadOnlyList<LogEntry> entries)
    {
        await using var writer = await connection.BeginBinaryImportAsync($"COPY lite_logs ({Values}, request, response) FROM STDIN (FORMAT BINARY)");
        foreach (var entry in entries)
        {
            await writer.StartRowAsync();
            await TextsAsync(writer, entry.Id);
            await NumbersAsync(writer, entry.Time);
            await TextsAsync(
                writer, entry.Route, entry.Operation, entry.CallerDialect, entry.UpstreamDialect, entry.Provider, entry.Model, entry.RequestedModel,
                entry.KeyName, entry.VirtualKey);
            await NumbersAsync(writer, entry.Status);
            await TextsAsync(writer, entry.Error, entry.ErrorMessage);
            await NumbersAsync(writer, entry.IsStream ? 1 : 0, entry.Attempts);
            await TextsAsync(writer, entry.Trail, entry.Losses);
            await NumbersAsync(writer, entry.InputTokens, entry.OutputTokens, entry.CacheReadTokens, entry.CacheWriteTokens, entry.ReasoningTokens);
            await RealsAsync(writer, entry.Cost, entry.HeadersMilliseconds, entry.FirstTokenMilliseconds, entry.Milliseconds);
            await NumbersAsync(writer, entry.BytesIn, entry.BytesOut);
            await TextsAsync(writer, entry.Extra);
            await BytesAsync(writer, entry.HasContent, entry.RequestBody);
            await BytesAsync(writer, entry.HasContent, entry.ResponseBody);
        }

        await writer.CompleteAsync();
        return true;
    }

    public static async Task<LogPage> QueryAsync(NpgsqlConnection connection, LogQuery query)
    {
        var filter = new LogFilterSql('$').Add(query.Filter);
        var total = query.CountsTotal ? await TotalAsync(connection, filter) : null;
        filter.Before(query.Before);
        var order = query.Order switch
        {
            LogOrder.Milliseconds => "total_ms",
            LogOrder.Tokens => "input_tokens + output_tokens",
            LogOrder.Cost => "cost",
            _ => "seq",
        };
        var direction = query.Ascending ? "NULLS FIRST" : "DESC NULLS LAST";
        await using var command = Bind(
            new PostgresCommand(
                connection,
                $"SELECT {Columns} FROM lite_logs{filter.Where} ORDER BY {order} {direction}, seq {direction} LIMIT {query.Limit} OFFSET {query.Offset}"),
            filter);
        await using var row = await command.ReadAsync();
        var entries = new List<LogEntry>();
        while (await row.ReadAsync())
        {
            entries.Add(Read(row, default, default));
        }

        return new LogPage(entries, total);
    }

    public static async Task<LogEntry?> GetAsync(NpgsqlConnection connection, string id)
    {
        await using var command = new PostgresCommand(
            connection, $"SELECT {Columns}, request, response FROM lite_logs WHERE id = $1 ORDER BY seq DESC LIMIT 1");
        await using var row = await command.Bind(id).ReadAsync();
        return await row.ReadAsync() ? Read(row, Bytes(row, 31), Bytes(row, 32)) : null;
    }

    public static async Task<IReadOnlyList<LogBucket>> StatsAsync(NpgsqlConnection connection, LogFilter filter, TimeSpan bucket)
    {
        var condition = new LogFilterSql('$').Add(filter);
        await using var command = Bind(new PostgresCommand(connection, $"SELECT {LogSums.Columns} FROM lite_logs{condition.Where}"), condition);
        await using var row = await command.ReadAsync();
        var sums = new LogSums(bucket);
        while (await row.ReadAsync())
        {
            sums.Add(row.GetInt64(0), row.GetBoolean(1), row.GetInt64(2), row.GetInt64(3), row.GetDouble(4), row.GetDouble(5));
        }

        return sums.Finish();
    }

    private static async Task<LogTotals> TotalAsync(NpgsqlConnection connection, LogFilterSql filter)
    {
        await using var command = Bind(
            new PostgresCommand(connection, $"""
                SELECT count(*), count(*) FILTER (WHERE error <> ''), coalesce(avg(total_ms), 0),
                  coalesce(sum(input_tokens + output_tokens), 0)::bigint, coalesce(sum(cost), 0)
                FROM lite_logs{filter.Where}
                """),
            filter);
        await using var row = await command.ReadAsync();
        await row.ReadAsync();
        return new LogTotals(row.GetInt64(0), row.GetInt64(1), row.GetDouble(2), row.GetInt64(3), row.GetDouble(4));
    }

    private static PostgresCommand Bind(PostgresCommand command, LogFilterSql filter)
    {
        foreach (var parameter in filter.Parameters)
        {
            command.Bind(parameter);
        }

        return command;
    }

    private static async Task TextsAsync(NpgsqlBinaryImporter writer, params string[] values)
    {
        foreach (var value in values)
        {
            await writer.WriteAsync(value.Replace("\0", "", StringComparison.Ordinal), NpgsqlDbType.Text);
        }
    }

    private static async Task NumbersAsync(NpgsqlBinaryImporter writer, params long[] values)
    {
        foreach (var value in values)
        {
            await writer.WriteAsync(value, NpgsqlDbType.Bigint);
        }
    }

    private static async Task RealsAsync(NpgsqlBinaryImporter writer, params double?[] values)
    {
        foreach (var value in values)
        {
            await (value is { } number ? writer.WriteAsync(number, NpgsqlDbType.Double) : writer.WriteNullAsync());
        }
    }

    private static Task BytesAsync(NpgsqlBinaryImporter writer, bool isGiven, ReadOnlyMemory<byte> value) =>
        isGiven ? writer.WriteAsync(value.ToArray(), NpgsqlDbType.Bytea) : writer.WriteNullAsync();

    private static byte[] Bytes(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? [] : row.GetFieldValue<byte[]>(column);

    private static double? Real(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static LogEntry Read(NpgsqlDataReader row, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response) => new()
    {
        Sequence = row.GetInt64(0),
        Id = row.GetString(1),
        Time = row.GetInt64(2),
        Route = row.GetString(3),
        Operation = row.GetString(4),
        CallerDialect = row.GetString(5),
        UpstreamDialect = row.GetString(6),
        Provider = row.GetString(7),
        Model = row.GetString(8),
        RequestedModel = row.GetString(9),
        KeyName = row.GetString(10),
        VirtualKey = row.GetString(11),
        Status = (int)row.GetInt64(12),
        Error = row.GetString(13),
        ErrorMessage = row.GetString(14),
        IsStream = row.GetInt64(15) != 0,
        Attempts = (int)row.GetInt64(16),
        Trail = row.GetString(17),
        Losses = row.GetString(18),
        InputTokens = row.GetInt64(19),
        OutputTokens = row.GetInt64(20),
        CacheReadTokens = row.GetInt64(21),
        CacheWriteTokens = row.GetInt64(22),
        ReasoningTokens = row.GetInt64(23),
        Cost = Real(row, 24),
        HeadersMilliseconds = Real(row, 25),
        FirstTokenMilliseconds = Real(row, 26),
        Milliseconds = row.GetDouble(27),
        BytesIn = row.GetInt64(28),
        BytesOut = row.GetInt64(29),
        Extra = row.GetString(30),
        RequestBody = request,
        ResponseBody = response,
    };
}
