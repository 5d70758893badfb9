namespace BifrostLite.Storage.Sqlite;

/// <summary>The statements of <see cref="IBodies"/>.</summary>
internal static class SqliteBodies
{
    public static IReadOnlyList<StoredBody> Read(SqliteConnection connection, BodyKind kind, long after, int limit)
    {
        using var statement = connection.Prepare(kind == BodyKind.Records
            ? "SELECT seq, kind, id, body, x'' FROM lite_records WHERE seq > ?1 ORDER BY seq LIMIT ?2"
            : "SELECT seq, '', id, request, response FROM lite_log_contents JOIN lite_logs USING (seq) WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        statement.Bind(after).Bind(limit);
        var bodies = new List<StoredBody>();
        while (statement.Step())
        {
            bodies.Add(new StoredBody(statement.Long(0), statement.Text(1), statement.Text(2), statement.Bytes(3), statement.Bytes(4)));
        }

        return bodies;
    }

    public static bool Replace(SqliteConnection connection, BodyKind kind, IReadOnlyList<StoredBody> bodies)
    {
        foreach (var body in bodies)
        {
            using var statement = connection.Prepare(kind == BodyKind.Records
                ? "UPDATE lite_records SET body = ?2 WHERE seq = ?1"
                : "UPDATE lite_log_contents SET request = ?2, response = ?3 WHERE seq = ?1");
            statement.Bind(body.Sequence).Bind(body.First);
            if (kind == BodyKind.LogContents)
            {
                statement.Bind(body.Second);
            }

            statement.Run();
        }

        return true;
    }
}
