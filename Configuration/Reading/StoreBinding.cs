using System.Globalization;

namespace BifrostLite.Configuration.Reading;

/// <summary>Turns a checked config_store or logs_store into a <see cref="StoreConfig"/>; null where it is absent.</summary>
internal static class StoreBinding
{
    public static StoreConfig? BindLogs(Section store) => Bind(store) is not { } bound ? null : bound with
    {
        RetentionDays = store.Has("retention_days") ? store.Whole("retention_days") : null,
        MaxSizeMb = store.Has("max_size_mb") ? store.Whole("max_size_mb") : null,
    };

    public static StoreConfig? Bind(Section store)
    {
        if (!store.IsGiven)
        {
            return null;
        }

        var config = store.Raw("config");
        var isEnabled = store.Flag("enabled");
        return store.Text("type") == "postgres" && config is not null
            ? new StoreConfig { IsEnabled = isEnabled, Postgres = BindPostgres(config) }
            : new StoreConfig { IsEnabled = isEnabled, Path = config?.TextOf("path") };
    }

    private static PostgresConfig BindPostgres(Node config) => new()
    {
        Host = config.TextOf("host") ?? "",
        Port = ushort.TryParse(config["port"]?.Text, CultureInfo.InvariantCulture, out var port) ? port : 0,
        User = config.TextOf("user") ?? "",
        Password = new Secret(config.TextOf("password") ?? ""),
        Database = config.TextOf("db_name") ?? "",
        SslMode = config.TextOf("ssl_mode") ?? "prefer",
        MaxConnections = int.TryParse(config["max_open_conns"]?.Text, CultureInfo.InvariantCulture, out var most) ? most : 50,
    };
}
