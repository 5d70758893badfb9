using Npgsql;
using NpgsqlTypes;

namespace BifrostLite.Storage.Postgres;

/// <summary>A command with numbered parameters, bound from left to right ($1 first). Typed parameters need no reflection.</summary>
internal sealed class PostgresCommand(NpgsqlConnection connection, string sql) : IParameters<PostgresCommand>, IAsyncDisposable
{
    private readonly NpgsqlCommand _command = new(sql, connection);

    public PostgresCommand Bind(long value) => Add(new NpgsqlParameter<long> { TypedValue = value });

    public PostgresCommand Bind(long? value) => value is { } number ? Bind(number) : Null(NpgsqlDbType.Bigint);

    public PostgresCommand Bind(string? value) =>
        value is null ? Null(NpgsqlDbType.Text)
        // PostgreSQL's text holds everything but this character.
        : Add(new NpgsqlParameter<string> { TypedValue = value.Replace("\0", "", StringComparison.Ordinal) });

    public PostgresCommand Bind(ReadOnlyMemory<byte> value) => Add(new NpgsqlParameter<byte[]> { TypedValue = value.ToArray() });

    public Task<int> RunAsync() => _command.ExecuteNonQueryAsync();

    public Task<NpgsqlDataReader> ReadAsync() => _command.ExecuteReaderAsync();

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private PostgresCommand Null(NpgsqlDbType type) => Add(new NpgsqlParameter { NpgsqlDbType = type, Value = DBNull.Value });

    private PostgresCommand Add(NpgsqlParameter parameter)
    {
        _command.Parameters.Add(parameter);
        return this;
    }
}
