using Npgsql;

namespace BifrostLite.Storage.Postgres;

/// <summary>The statements of <see cref="IBodies"/>.</summary>
internal static class PostgresBodies
{
    public static async Task<IReadOnlyList<StoredBody>> ReadAsync(NpgsqlConnection connection, BodyKind kind, long after, int limit)
    {
        await using var command = new PostgresCommand(connection, kind == BodyKind.Records
            ? "SELECT seq, kind, id, body, ''::bytea FROM lite_records WHERE seq > $1 ORDER BY seq LIMIT $2"
            : "SELECT seq, '', id, request, response FROM lite_logs WHERE seq > $1 AND request IS NOT NULL ORDER BY seq LIMIT $2");
        await using var row = await command.Bind(after).Bind(limit).ReadAsync();
        var bodies = new List<StoredBody>();
        while (await row.ReadAsync())
        {
            bodies.Add(new StoredBody(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4)));
        }

        return bodies;
    }

    public static async Task<bool> ReplaceAsync(NpgsqlConnection connection, BodyKind kind, IReadOnlyList<StoredBody> bodies)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var body in bodies)
        {
            await using var command = new PostgresCommand(connection, kind == BodyKind.Records
                ? "UPDATE lite_records SET body = $2 WHERE seq = $1"
                : "UPDATE lite_logs SET request = $2, response = $3 WHERE seq = $1");
            command.Bind(body.Sequence).Bind((ReadOnlyMemory<byte>)body.First);
            if (kind == BodyKind.LogContents)
            {
                command.Bind((ReadOnlyMemory<byte>)body.Second);
            }

            await command.RunAsync();
        }

        await transaction.CommitAsync();
        return true;
    }
}
