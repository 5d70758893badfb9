namespace BifrostLite.Storage.Sqlite;

/// <summary>
/// The tables, as steps from one version to the next; forward only, each in one transaction. The names begin with "lite_", since a
/// config.json made for Bifrost may name Bifrost's own database, whose tables are left alone.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Step n makes version n + 1.</summary>
    internal static readonly string[] Steps =
    [
        """
        CREATE TABLE lite_records (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, parent TEXT NOT NULL,
          state TEXT NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, expires_at INTEGER,
          worker TEXT NOT NULL, lease_until INTEGER, claims INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (kind, id));
        CREATE INDEX lite_records_parent ON lite_records (kind, parent, seq);
        CREATE INDEX lite_records_state ON lite_records (kind, state, owner, seq);
        CREATE INDEX lite_records_expiry ON lite_records (expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE lite_counters (
          key TEXT NOT NULL, window_start INTEGER NOT NULL, amount INTEGER NOT NULL, expires_at INTEGER NOT NULL,
          PRIMARY KEY (key, window_start)) WITHOUT ROWID;

        CREATE TABLE lite_logs (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, time INTEGER NOT NULL, route TEXT NOT NULL, operation TEXT NOT NULL,
          caller_dialect TEXT NOT NULL, upstream_dialect TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
          requested_model TEXT NOT NULL, key_name TEXT NOT NULL, virtual_key TEXT NOT NULL, status INTEGER NOT NULL, error TEXT NOT NULL,
          error_message TEXT NOT NULL, is_stream INTEGER NOT NULL, attempts INTEGER NOT NULL, trail TEXT NOT NULL, losses TEXT NOT NULL,
          input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,
          cache_write_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL, cost REAL, headers_ms REAL, first_token_ms REAL,
          total_ms REAL NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL, extra TEXT NOT NULL);
        CREATE INDEX lite_logs_time ON lite_logs (time);
        CREATE INDEX lite_logs_id ON lite_logs (id);

        CREATE TABLE lite_log_contents (seq INTEGER PRIMARY KEY, request BLOB NOT NULL, response BLOB NOT NULL);
        """,

        // Fewer columns and no index (SqliteLogs). What is no longer a column is in facts, in the order of LogFact.
        """
        CREATE TABLE lite_logs_2 (
          seq INTEGER PRIMARY KEY, id TEXT NOT NULL, time INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, virtual_key TEXT NOT NULL,
          key_name TEXT NOT NULL, operation TEXT NOT NULL, error TEXT NOT NULL, total_ms REAL NOT NULL, input_tokens INTEGER NOT NULL,
          output_tokens INTEGER NOT NULL, cost REAL, facts TEXT NOT NULL);
        INSERT INTO lite_logs_2
          SELECT max(time, 0) << 20 | seq % 1048576, id, time, provider, model, virtual_key, key_name, operation, error, total_ms, input_tokens, output_tokens, cost,
            route || char(31) || caller_dialect || char(31) || upstream_dialect || char(31) || requested_model || char(31) ||
            status || char(31) || replace(error_message, char(31), ' ') || char(31) || is_stream || char(31) || attempts || char(31) ||
            replace(trail, char(31), ' ') || char(31) || replace(losses, char(31), ' ') || char(31) || cache_read_tokens || char(31) ||
            cache_write_tokens || char(31) || reasoning_tokens || char(31) ||
            coalesce(CAST(CAST(round(headers_ms * 1000) AS INTEGER) AS text), '') || char(31) ||
            coalesce(CAST(CAST(round(first_token_ms * 1000) AS INTEGER) AS text), '') || char(31) || bytes_in || char(31) ||
            bytes_out || char(31) || replace(extra, char(31), ' ')
          FROM lite_logs;
        CREATE TABLE lite_log_contents_2 (seq INTEGER PRIMARY KEY, request BLOB NOT NULL, response BLOB NOT NULL);
        INSERT INTO lite_log_contents_2
          SELECT max(time, 0) << 20 | seq % 1048576, request, response FROM lite_logs JOIN lite_log_contents USING (seq);
        DROP TABLE lite_log_contents;
        DROP TABLE lite_logs;
        ALTER TABLE lite_logs_2 RENAME TO lite_logs;
        ALTER TABLE lite_log_contents_2 RENAME TO lite_log_contents;
        """,

        // SqliteLogMarks.
        "CREATE TABLE lite_log_marks (last INTEGER PRIMARY KEY, first INTEGER NOT NULL, marks BLOB NOT NULL)",
    ];

    /// <summary>Brings the tables to this program's version; gives a complaint where a newer program made them.</summary>
    public static string? Migrate(SqliteConnection connection)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS lite_schema (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)");
        while (true)
        {
            // The version is read under the lock: another process may be at the same step.
            connection.Execute("BEGIN IMMEDIATE");
            var version = connection.ReadNumber("SELECT coalesce(max(version), 0) FROM lite_schema");
            if (version < Steps.Length)
            {
                connection.Execute(Steps[version]);
                connection.Execute($"INSERT INTO lite_schema VALUES ({version + 1}, datetime('now'))");
            }

            connection.Execute("COMMIT");
            if (version >= Steps.Length)
            {
                return version == Steps.Length ? null
                    : $"it was made by a newer bifrost-lite (tables of version {version}, this one knows {Steps.Length}): use that one, or name another file";
            }
        }
    }
}
