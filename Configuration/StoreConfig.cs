namespace BifrostLite.Configuration;

/// <summary>config_store or logs_store: which database, if any.</summary>
internal sealed record StoreConfig
{
    public bool IsEnabled { get; init; }

    /// <summary>The database file; null where it is PostgreSQL.</summary>
    public string? Path { get; init; }

    /// <summary>Days log entries are kept, 0 for ever; null where client.log_retention_days counts.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Above this size of the file the oldest log entries go; null for no limit.</summary>
    public int? MaxSizeMb { get; init; }

    /// <summary>Null where it is a file.</summary>
    public PostgresConfig? Postgres { get; init; }
}

/// <summary>Where a PostgreSQL database is.</summary>
internal sealed record PostgresConfig
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string User { get; init; }

    public required Secret Password { get; init; }

    public required string Database { get; init; }

    /// <summary>disable, allow, prefer, require, verify-ca or verify-full.</summary>
    public required string SslMode { get; init; }

    public int MaxConnections { get; init; } = 50;
}
