namespace BifrostLite.Configuration.Shapes;

/// <summary>Shapes of config_store, logs_store and vector_store.</summary>
internal static class StoreShape
{
    private static readonly Shape Sqlite = Shape.Section(
        new Field("path", Shape.NotEmpty, "The database file.").Required()).Named("sqlite");

    private static readonly Shape Postgres = Shape.Section(
        new Field("host", Shape.NotEmpty, "Host.").Required(),
        new Field("port", Shape.Either(Shape.NotEmpty, Shape.Whole(1, 65_535)), "Port.").Required(),
        new Field("user", Shape.NotEmpty, "User.").Required(),
        new("password", Shape.Secret, "Password; excludes password_command."),
        new("password_command", Shape.Section(
            new Field("command", Shape.NotEmpty, "Program that prints the password.").Required(),
            new("args", Shape.Texts, "Its arguments.", "[]"),
            new("timeout", Shape.Duration, "How long it may take.", "\"10s\"")), "Program that prints the password; excludes password.", null, Effect.NotYet),
        new Field("db_name", Shape.NotEmpty, "Database.").Required(),
        new("ssl_mode", Shape.OneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full"), "TLS on the way to the database."),
        new("max_idle_conns", Shape.Whole(0), "Connections kept open.", "5"),
        new("max_open_conns", Shape.Whole(2), "Most connections.", "50"),
        new("conn_max_lifetime", Shape.Duration, "Longest life of a connection."),
        new("matview_refresh_interval", Shape.Duration, "Refresh of the dashboard's views.", null, Effect.NotNeeded)).Named("postgres");

    private static readonly Shape Writer = Shape.Section(
        new("max_batch_size", Shape.Whole(1), "Entries written at once.", "1000"),
        new("batch_interval", Shape.Duration, "Longest wait before a batch is written.", "\"5s\""),
        new("max_batch_bytes", Shape.Whole(1), "Bytes written at once.", "314572800"),
        new("write_queue_capacity", Shape.Whole(1), "Entries that may wait.", "10000"),
        new("deferred_usage_concurrency", Shape.Whole(1), "Late usage records written at once.", "5"));

    private static readonly Shape Redis = Shape.MapOf(Shape.Anything) with
    {
        Fields = [new Field("addr", Shape.NotEmpty, "Host and port.").Required(), new("password", Shape.Secret, "Password.")],
    };

    private static readonly Shape ObjectStorage = Shape.MapOf(Shape.Anything) with
    {
        Fields =
        [
            new Field("type", Shape.OneOf("s3", "gcs"), "Kind of store.").Required(),
            new Field("bucket", Shape.NotEmpty with { TakesReference = true }, "Bucket.").Required(),
            new("prefix", Shape.Text, "What the names begin with.", "\"bifrost\""),
            new("compress", Shape.Flag, "Compress what is written.", "false"),
        ],
    };

    public static readonly Shape Configuration = Shape.Section(
        Enabled(), Type("sqlite", "postgres"), Config(("sqlite", Sqlite), ("postgres", Postgres)),
        new("vault_store", Shape.Anything, "Secrets kept in a vault.", null, Effect.NotYet))
        .Named("config_store");

    public static readonly Shape Logs = Shape.Section(
        Enabled(), Type("sqlite", "postgres", "clickhouse"), Config(("sqlite", Sqlite), ("postgres", Postgres)),
        new("writer", Writer, "How entries are written.", null, Effect.NotYet),
        new("object_storage", ObjectStorage, "Where large contents go.", null, Effect.NotYet),
        new("object_storage_exclude_fields", Shape.Texts, "What stays in the database.", null, Effect.NotYet),
        new("hidden_request_types", Shape.Texts, "Request types that are not kept.", null, Effect.NotYet),
        new("retention_days", Shape.Whole(0), "Days an entry is kept; goes before client.log_retention_days, 0 keeps it for ever."),
        new("max_size_mb", Shape.Whole(1), "Above this size of the SQLite file the oldest entries go (this gateway's own key)."))
        .Named("logs_store");

    public static readonly Shape Vectors = Shape.Section(
        Enabled(), Type("weaviate", "redis", "valkey", "qdrant", "pinecone"), Config(("redis", Redis), ("valkey", Redis)))
        .Named("vector_store");

    private static Field Enabled() => new("enabled", Shape.Flag, "Whether the store is used.", "true");

    private static Field Type(params string[] types) => new("type", Shape.OneOf(types), "Kind of store.");

    private static Field Config(params (string Type, Shape Shape)[] cases) =>
        new("config", Shape.MapOf(Shape.Anything), "Where the store is.")
        {
            ChosenBy = "type",
            Cases = Array.ConvertAll(cases, one => KeyValuePair.Create(one.Type, one.Shape)),
        };
}
