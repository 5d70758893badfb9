using BifrostLite.Configuration;
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
        var stores = new Stores(Open("config_store", config.ConfigStore), Open("logs_store", config.LogsStore));
        if (Complaint is null)
        {
            return stores;
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

    private IStore? Open(string section, StoreConfig? store)
    {
        if (Complaint is not null)
        {
            return null;
        }

        if (store is { IsEnabled: true, Postgres: not null })
        {
            Complaint = section + ": PostgreSQL is not supported in this version";
            return null;
        }

        return FileOf(store, appDirectory) is { } file ? _opened.GetValueOrDefault(file) ?? Open(section, store, file) : null;
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
