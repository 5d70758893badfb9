using BifrostLite.Configuration;
using BifrostLite.Storage.Postgres;
using BifrostLite.Storage.Sealing;
using BifrostLite.Storage.Sqlite;

namespace BifrostLite.Storage;

/// <summary>
/// Opens what config_store and logs_store ask for. Where the file says nothing both are one SQLite file in the app directory, if that
/// exists; a directory that cannot be written (a mounted ConfigMap) then only means that nothing is stored, and that is said.
/// </summary>
internal sealed class StoreOpening(GatewayConfig config, string appDirectory, TimeProvider clock)
{
    public const string DefaultFile = "bifrost-lite.db";

    private readonly Dictionary<string, IStore> _opened = [];

    /// <summary>Why nothing is stored, where nobody asked for a store by name.</summary>
    public string? Notice { get; private set; }

    /// <summary>Why the gateway must not start.</summary>
    public string? Complaint { get; private set; }

    /// <summary>The stores, or null with a <see cref="Complaint"/>.</summary>
    public async Task<Stores?> OpenAsync()
    {
        var stores = new Stores(await OpenAsync("config_store", config.ConfigStore), await OpenAsync("logs_store", config.LogsStore));
        if (Complaint is null)
        {
            return config.EncryptionKey.IsEmpty ? stores : stores.SealedWith(new StoreKey(config.EncryptionKey.Reveal()));
        }

        await stores.DisposeAsync();
        return null;
    }

    /// <summary>The database file of a store that is one; relative paths start at the app directory. Null for none.</summary>
    public static string? FileOf(StoreConfig? store, string appDirectory) => store switch
    {
        null => Directory.Exists(appDirectory) ? Path.Combine(appDirectory, DefaultFile) : null,
        { IsEnabled: false } or { Postgres: not null } => null,
        { Path: { } path } => Path.GetFullPath(path, appDirectory),
        _ => Path.Combine(appDirectory, DefaultFile),
    };

    private async Task<IStore?> OpenAsync(string section, StoreConfig? store)
    {
        if (Complaint is not null)
        {
            return null;
        }

        if (store is { IsEnabled: true, Postgres: { } postgres })
        {
            var name = $"{postgres.User}@{postgres.Host}:{postgres.Port}/{postgres.Database}";
            return _opened.GetValueOrDefault(name) ?? await OpenAsync(section, postgres, name);
        }

        return FileOf(store, appDirectory) is { } file ? _opened.GetValueOrDefault(file) ?? Open(section, store, file) : null;
    }

    /// <summary>A server that cannot be reached may only be starting: the gateway starts, says so, and tries again with its calls.</summary>
    private async Task<IStore?> OpenAsync(string section, PostgresConfig postgres, string name)
    {
        var store = new PostgresStore(postgres, clock);
        _opened[name] = store;
        if (await store.ConnectAsync() is { } fault)
        {
            var trouble = $"{section}: {postgres.Host}:{postgres.Port}/{postgres.Database}: {fault.Message}";
            Complaint = fault.Kind == StoreFaultKind.Unavailable ? null : trouble;
            Notice = fault.Kind == StoreFaultKind.Unavailable ? trouble + "; it is tried again" : Notice;
        }

        return store;
    }

    private IStore? Open(string section, StoreConfig? store, string file)
    {
        var result = SqliteStore.Open(file, clock);
        if (result.IsDone)
        {
            return _opened[file] = result.Value!;
        }

        if (store is null && result.Fault.Kind is not StoreFaultKind.Corrupt)
        {
            Notice = "nothing is stored: " + result.Fault.Message;
        }
        else
        {
            Complaint = $"{section}: {result.Fault.Message}";
        }

        return null;
    }
}
