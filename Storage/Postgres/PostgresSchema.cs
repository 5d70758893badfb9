using Npgsql;

namespace BifrostLite.Storage.Postgres;

/// <summary>The tables, as steps from one version to the next; forward only. As in SQLite, but contents lie with their entry: PostgreSQL keeps large values apart by itself.</summary>
internal static class PostgresSchema
{
    /// <summary>Any number, the same in every instance: one at a time brings the tables up to date.</summary>
    private const long Lock = 0x6C697465; // "lite"

    /// <summary>Step n makes version n + 1.</summary>
    internal static readonly string[] Steps =
    [
        """
        CREATE TABLE lite_records (
          seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, id text NOT NULL, owner text NOT NULL, parent text NOT NULL,
          state text NOT NULL, version bigint NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL, expires_at bigint,
          worker text NOT NULL, lease_until bigint, claims bigint NOT NULL, body bytea NOT NULL, UNIQUE (kind, id));
        CREATE INDEX lite_records_parent ON lite_records (kind, parent, seq);
        CREATE INDEX lite_records_state ON lite_records (kind, state, owner, seq);
        CREATE INDEX lite_records_expiry ON lite_records (expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE lite_counters (
          key text NOT NULL, window_start bigint NOT NULL, amount bigint NOT NULL, expires_at bigint NOT NULL, PRIMARY KEY (key, window_start));

        CREATE TABLE lite_logs (
          seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL, time bigint NOT NULL, route text NOT NULL, operation text NOT NULL,
          caller_dialect text NOT NULL, upstream_dialect text NOT NULL, provider text NOT NULL, model text NOT NULL,
          requested_model text NOT NULL, key_name text NOT NULL, virtual_key text NOT NULL, status bigint NOT NULL, error text NOT NULL,
          error_message text NOT NULL, is_stream bigint NOT NULL, attempts bigint NOT NULL, trail text NOT NULL, losses text NOT NULL,
          input_tokens bigint NOT NULL, output_tokens bigint NOT NULL, cache_read_tokens bigint NOT NULL,
          cache_write_tokens bigint NOT NULL, reasoning_tokens bigint NOT NULL, cost double precision, headers_ms double precision,
          first_token_ms double precision, total_ms double precision NOT NULL, bytes_in bigint NOT NULL, bytes_out bigint NOT NULL,
          extra text NOT NULL, request bytea, response bytea);
        CREATE INDEX lite_logs_time ON lite_logs (time);
        CREATE INDEX lite_logs_id ON lite_logs (id);
        """,

        // What is no longer a column is in facts, in the order of LogFact.
        """
        ALTER TABLE lite_logs ADD COLUMN facts text NOT NULL DEFAULT '';
        UPDATE lite_logs SET facts =
            route || chr(31) || caller_dialect || chr(31) || upstream_dialect || chr(31) || requested_model || chr(31) ||
            status || chr(31) || replace(error_message, chr(31), ' ') || chr(31) || is_stream || chr(31) || attempts || chr(31) ||
            replace(trail, chr(31), ' ') || chr(31) || replace(losses, chr(31), ' ') || chr(31) || cache_read_tokens || chr(31) ||
            cache_write_tokens || chr(31) || reasoning_tokens || chr(31) ||
            coalesce(CAST(CAST(round(headers_ms * 1000) AS bigint) AS text), '') || chr(31) ||
            coalesce(CAST(CAST(round(first_token_ms * 1000) AS bigint) AS text), '') || chr(31) || bytes_in || chr(31) ||
            bytes_out || chr(31) || replace(extra, chr(31), ' ');
        ALTER TABLE lite_logs ALTER COLUMN facts DROP DEFAULT,
          DROP COLUMN route, DROP COLUMN caller_dialect, DROP COLUMN upstream_dialect, DROP COLUMN requested_model, DROP COLUMN status,
          DROP COLUMN error_message, DROP COLUMN is_stream, DROP COLUMN attempts, DROP COLUMN trail, DROP COLUMN losses,
          DROP COLUMN cache_read_tokens, DROP COLUMN cache_write_tokens, DROP COLUMN reasoning_tokens, DROP COLUMN headers_ms,
          DROP COLUMN first_token_ms, DROP COLUMN bytes_in, DROP COLUMN bytes_out, DROP COLUMN extra;
        """,
    ];

    /// <summary>Brings the tables to this program's version; gives a complaint where a newer program made them.</summary>
    public static async Task<string?> MigrateAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({Lock})");
        await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS lite_schema (version bigint PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
        await using var command = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM lite_schema", connection);
        var version = (long)(await command.ExecuteScalarAsync())!;
        if (version > Steps.Length)
        {
            return $"its tables were made by a newer bifrost-lite (version {version}, this one knows {Steps.Length}): use that one, or name another database";
        }

        for (; version < Steps.Length; version++)
        {
            await ExecuteAsync(connection, Steps[version]);
            await ExecuteAsync(connection, $"INSERT INTO lite_schema (version) VALUES ({version + 1})");
        }

        await transaction.CommitAsync();
        return null;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
