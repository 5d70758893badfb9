using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace BifrostLite.Storage.Postgres;

/// <summary>The statements of the request log. Batches go in with COPY, the fastest way there is.</summary>
internal static class PostgresLogs
{
    public static async Task<bool> AppendAsync(NpgsqlConnection connection, IReadOnlyList<LogEntry> entries)
    {
        var facts = new LogFactsWriter();
        await using var writer = await connection.BeginBinaryImportAsync($"COPY lite_logs ({LogRow.Values}, request, response) FROM STDIN (FORMAT BINARY)");
        foreach (var entry in entries)
        {
            await writer.StartRowAsync();
            await TextAsync(writer, entry.Id);
            await writer.WriteAsync(entry.Time, NpgsqlDbType.Bigint);
            await TextAsync(writer, entry.Provider);
            await TextAsync(writer, entry.Model);
            await TextAsync(writer, entry.VirtualKey);
            await TextAsync(writer, entry.KeyName);
            await TextAsync(writer, entry.Operation);
            await TextAsync(writer, entry.Error);
            await writer.WriteAsync(entry.Milliseconds, NpgsqlDbType.Double);
            await writer.WriteAsync(entry.InputTokens, NpgsqlDbType.Bigint);
            await writer.WriteAsync(entry.OutputTokens, NpgsqlDbType.Bigint);
            await (entry.Cost is { } cost ? writer.WriteAsync(cost, NpgsqlDbType.Double) : writer.WriteNullAsync());
            await TextAsync(writer, Encoding.UTF8.GetString(facts.Write(entry)));
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
        await using var command = filter.BindTo(new PostgresCommand(connection, LogRow.SelectPage(query, filter)));
        await using var reader = await command.ReadAsync();
        var row = new PostgresRow(reader);
        var entries = new List<LogEntry>();
        while (await reader.ReadAsync())
        {
            entries.Add(LogRow.Read(row));
        }

        return new LogPage(entries, total);
    }

    public static async Task<LogEntry?> GetAsync(NpgsqlConnection connection, string id)
    {
        await using var command = new PostgresCommand(
            connection, $"SELECT {LogRow.Columns}, request, response FROM lite_logs WHERE id = $1 ORDER BY seq DESC LIMIT 1");
        await using var reader = await command.Bind(id).ReadAsync();
        return await reader.ReadAsync() ? LogRow.Read(new PostgresRow(reader), withContent: true) : null;
    }

    public static async Task<IReadOnlyList<LogBucket>> StatsAsync(NpgsqlConnection connection, LogStatsQuery query)
    {
        var condition = new LogFilterSql('$').Add(query.Filter);
        var sums = new LogSums(query);
        await using var command = condition.BindTo(new PostgresCommand(connection, sums.Select(condition)));
        await using var reader = await command.ReadAsync();
        var row = new PostgresRow(reader);
        while (await reader.ReadAsync())
        {
            sums.Add(row);
        }

        return sums.Finish();
    }

    public static async Task<LogValues> ValuesAsync(NpgsqlConnection connection, LogFilter filter)
    {
        var condition = new LogFilterSql('$').Add(filter);
        await using var command = condition.BindTo(new PostgresCommand(connection, LogValues.Select(condition)));
        await using var reader = await command.ReadAsync();
        var row = new PostgresRow(reader);
        var values = new LogValues();
        while (await reader.ReadAsync())
        {
            values.Add(row);
        }

        return values;
    }

    public static async Task<bool> SetCostsAsync(NpgsqlConnection connection, IReadOnlyList<LogCost> costs)
    {
        await using var command = new PostgresCommand(connection, LogCost.Update(costs));
        await command.RunAsync();
        return true;
    }

    public static async Task<long> DeleteAsync(NpgsqlConnection connection, IReadOnlyList<string> ids)
    {
        var condition = new LogFilterSql('$').Add(new LogFilter { Ids = ids });
        await using var command = condition.BindTo(new PostgresCommand(connection, "DELETE FROM lite_logs" + condition.Where));
        return await command.RunAsync();
    }

    private static async Task<LogTotals> TotalAsync(NpgsqlConnection connection, LogFilterSql filter)
    {
        await using var command = filter.BindTo(new PostgresCommand(connection, LogRow.SelectTotals(filter)));
        await using var reader = await command.ReadAsync();
        await reader.ReadAsync();
        return LogRow.ReadTotals(new PostgresRow(reader));
    }

    private static Task TextAsync(NpgsqlBinaryImporter writer, string value) =>
        writer.WriteAsync(value.Replace("\0", "", StringComparison.Ordinal), NpgsqlDbType.Text);

    private static Task BytesAsync(NpgsqlBinaryImporter writer, bool isGiven, ReadOnlyMemory<byte> value) =>
        isGiven ? writer.WriteAsync(value.ToArray(), NpgsqlDbType.Bytea) : writer.WriteNullAsync();
}
