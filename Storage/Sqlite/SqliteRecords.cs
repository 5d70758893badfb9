using System.Text;

namespace BifrostLite.Storage.Sqlite;

/// <summary>The statements of records. Each runs on a thread of the engine.</summary>
internal static class SqliteRecords
{
    public static bool Put(SqliteConnection connection, StoredRecord record, long now)
    {
        using var statement = connection.Prepare("""
            INSERT INTO lite_records (kind, id, owner, parent, state, version, created_at, updated_at, expires_at, worker, lease_until, claims, body)
            VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT (kind, id) DO UPDATE SET owner = excluded.owner, parent = excluded.parent, state = excluded.state, version = version + 1,
              created_at = excluded.created_at, updated_at = excluded.updated_at, expires_at = excluded.expires_at, worker = excluded.worker,
              lease_until = excluded.lease_until, claims = excluded.claims, body = excluded.body
            """);
        RecordRow.BindPut(statement, record, now).Run();
        return true;
    }

    public static StoredRecord? Get(SqliteConnection connection, string kind, string id, long now)
    {
        using var statement = connection.Prepare(
            $"SELECT {RecordRow.Columns} FROM lite_records WHERE kind = ?1 AND id = ?2 AND (expires_at IS NULL OR expires_at > ?3)");
        return statement.Bind(kind).Bind(id).Bind(now).Step() ? RecordRow.Read(statement) : null;
    }

    public static bool Delete(SqliteConnection connection, string kind, string id)
    {
        using var statement = connection.Prepare("DELETE FROM lite_records WHERE kind = ?1 AND id = ?2");
        statement.Bind(kind).Bind(id).Run();
        return connection.Changes > 0;
    }

    public static long DeleteChildren(SqliteConnection connection, string kind, string parent)
    {
        using var statement = connection.Prepare("DELETE FROM lite_records WHERE kind = ?1 AND parent = ?2");
        statement.Bind(kind).Bind(parent).Run();
        return connection.Changes;
    }

    public static IReadOnlyList<StoredRecord> List(SqliteConnection connection, RecordQuery query, long now)
    {
        var sql = new StringBuilder($"SELECT {RecordRow.Columns} FROM lite_records WHERE kind = ?1 AND (expires_at IS NULL OR expires_at > ?2)");
        Add(sql, query.Owner, " AND owner = ?3");
        Add(sql, query.Parent, " AND parent = ?4");
        Add(sql, query.State, " AND state = ?5");
        var (later, earlier) = query.NewestFirst ? ('<', '>') : ('>', '<');
        Add(sql, query.After, $" AND seq {later} (SELECT seq FROM lite_records WHERE kind = ?1 AND id = ?6)");
        Add(sql, query.Before, $" AND seq {earlier} (SELECT seq FROM lite_records WHERE kind = ?1 AND id = ?7)");
        sql.Append(query.NewestFirst ? " ORDER BY seq DESC LIMIT ?8" : " ORDER BY seq LIMIT ?8");

        using var statement = connection.Prepare(sql.ToString());
        return ReadAll(RecordRow.BindList(statement, query, now));
    }

    public static bool TryUpdate(SqliteConnection connection, StoredRecord record, long now)
    {
        using var statement = connection.Prepare("""
            UPDATE lite_records SET owner = ?4, parent = ?5, state = ?6, version = version + 1, updated_at = ?7, expires_at = ?8, worker = ?9,
              lease_until = ?10, claims = ?11, body = ?12
            WHERE kind = ?1 AND id = ?2 AND version = ?3
            """);
        RecordRow.BindUpdate(statement, record, now).Run();
        return connection.Changes > 0;
    }

    /// <summary>One writer runs one statement at a time: whom the inner query finds, nobody else takes.</summary>
    public static IReadOnlyList<StoredRecord> Claim(SqliteConnection connection, RecordClaim claim, long now)
    {
        using var statement = connection.Prepare($"""
            UPDATE lite_records SET state = ?3, worker = ?4, lease_until = ?6, claims = claims + 1, version = version + 1, updated_at = ?5
            WHERE seq IN (
              SELECT seq FROM (
                SELECT seq, row_number() OVER (PARTITION BY owner ORDER BY seq) AS turn FROM lite_records
                WHERE kind = ?1 AND (state = ?2 OR state = ?3 AND lease_until <= ?5) AND (expires_at IS NULL OR expires_at > ?5))
              ORDER BY turn, seq LIMIT ?7)
            RETURNING {RecordRow.Columns}
            """);
        return ReadAll(RecordRow.BindClaim(statement, claim, now));
    }

    private static void Add(StringBuilder sql, string? value, string condition)
    {
        if (value is not null)
        {
            sql.Append(condition);
        }
    }

    private static List<StoredRecord> ReadAll(SqliteStatement statement)
    {
        var records = new List<StoredRecord>();
        while (statement.Step())
        {
            records.Add(RecordRow.Read(statement));
        }

        return records;
    }
}
