using System.Text;
using Npgsql;

namespace BifrostLite.Storage.Postgres;

/// <summary>The statements of records.</summary>
internal static class PostgresRecords
{
    public static async Task<bool> PutAsync(NpgsqlConnection connection, StoredRecord record, long now)
    {
        await using var command = new PostgresCommand(connection, """
            INSERT INTO lite_records (kind, id, owner, parent, state, version, created_at, updated_at, expires_at, worker, lease_until, claims, body)
            VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (kind, id) DO UPDATE SET owner = excluded.owner, parent = excluded.parent, state = excluded.state,
              version = lite_records.version + 1, created_at = excluded.created_at, updated_at = excluded.updated_at,
              expires_at = excluded.expires_at, worker = excluded.worker, lease_until = excluded.lease_until, claims = excluded.claims, body = excluded.body
            """);
        await RecordRow.BindPut(command, record, now).RunAsync();
        return true;
    }

    public static async Task<StoredRecord?> GetAsync(NpgsqlConnection connection, string kind, string id, long now)
    {
        await using var command = new PostgresCommand(
            connection, $"SELECT {RecordRow.Columns} FROM lite_records WHERE kind = $1 AND id = $2 AND (expires_at IS NULL OR expires_at > $3)");
        var records = await ReadAllAsync(command.Bind(kind).Bind(id).Bind(now));
        return records.Count > 0 ? records[0] : null;
    }

    public static async Task<bool> DeleteAsync(NpgsqlConnection connection, string kind, string id)
    {
        await using var command = new PostgresCommand(connection, "DELETE FROM lite_records WHERE kind = $1 AND id = $2");
        return await command.Bind(kind).Bind(id).RunAsync() > 0;
    }

    public static async Task<long> DeleteChildrenAsync(NpgsqlConnection connection, string kind, string parent)
    {
        await using var command = new PostgresCommand(connection, "DELETE FROM lite_records WHERE kind = $1 AND parent = $2");
        return await command.Bind(kind).Bind(parent).RunAsync();
    }

    public static async Task<IReadOnlyList<StoredRecord>> ListAsync(NpgsqlConnection connection, RecordQuery query, long now)
    {
        // Every parameter stands in the text, so that their numbers and types are always the same.
        var (later, earlier, order) = query.NewestFirst ? ('<', '>', "DESC") : ('>', '<', "ASC");
        var sql = new StringBuilder($"""
            SELECT {RecordRow.Columns} FROM lite_records
            WHERE kind = $1 AND (expires_at IS NULL OR expires_at > $2) AND ($3::text IS NULL OR owner = $3) AND ($4::text IS NULL OR parent = $4)
              AND ($5::text IS NULL OR state = $5)
              AND ($6::text IS NULL OR seq {later} (SELECT seq FROM lite_records WHERE kind = $1 AND id = $6))
              AND ($7::text IS NULL OR seq {earlier} (SELECT seq FROM lite_records WHERE kind = $1 AND id = $7))
            ORDER BY seq {order} LIMIT $8
            """);
        await using var command = new PostgresCommand(connection, sql.ToString());
        return await ReadAllAsync(RecordRow.BindList(command, query, now));
    }

    public static async Task<bool> TryUpdateAsync(NpgsqlConnection connection, StoredRecord record, long now)
    {
        await using var command = new PostgresCommand(connection, """
            UPDATE lite_records SET owner = $4, parent = $5, state = $6, version = version + 1, updated_at = $7, expires_at = $8, worker = $9,
              lease_until = $10, claims = $11, body = $12
            WHERE kind = $1 AND id = $2 AND version = $3
            """);
        return await RecordRow.BindUpdate(command, record, now).RunAsync() > 0;
    }

    /// <summary>
    /// Whom another instance holds at this moment is skipped, and whom it has just taken no longer fits the condition when the lock is there
    /// (https://www.postgresql.org/docs/current/transaction-iso.html, Read Committed). More are looked at than wanted, since others look at the same ones.
    /// </summary>
    public static async Task<IReadOnlyList<StoredRecord>> ClaimAsync(NpgsqlConnection connection, RecordClaim claim, long now)
    {
        const string IsFree = "(r.state = $2 OR r.state = $3 AND r.lease_until <= $5)";
        await using var command = new PostgresCommand(connection, $"""
            WITH turns AS (
              SELECT seq, turn FROM (
                SELECT seq, row_number() OVER (PARTITION BY owner ORDER BY seq) AS turn FROM lite_records r
                WHERE kind = $1 AND {IsFree} AND (expires_at IS NULL OR expires_at > $5)) free
              ORDER BY turn, seq LIMIT $8),
            taken AS (
              SELECT r.seq FROM lite_records r JOIN turns USING (seq) WHERE {IsFree} ORDER BY turn, r.seq LIMIT $7 FOR UPDATE OF r SKIP LOCKED)
            UPDATE lite_records SET state = $3, worker = $4, lease_until = $6, claims = claims + 1, version = version + 1, updated_at = $5
            WHERE seq IN (SELECT seq FROM taken)
            RETURNING {RecordRow.Columns}
            """);
        return await ReadAllAsync(RecordRow.BindClaim(command, claim, now).Bind((claim.Limit * 8L) + 64));
    }

    private static async Task<List<StoredRecord>> ReadAllAsync(PostgresCommand command)
    {
        var records = new List<StoredRecord>();
        await using var reader = await command.ReadAsync();
        var row = new PostgresRow(reader);
        while (await reader.ReadAsync())
        {
            records.Add(RecordRow.Read(row));
        }

        return records;
    }
}
