using BifrostLite.Configuration;
using BifrostLite.Storage;
using BifrostLite.Storage.Postgres;
using BifrostLite.Storage.Sealing;
using BifrostLite.Storage.Sqlite;

namespace BifrostLite.Cli;

/// <summary>"store backup", "store check" and "store rotate-key": the databases that config.json in the app directory names.</summary>
internal sealed class StoreCommands(Terminal terminal, string appDirectory)
{
    /// <summary>Copies the SQLite files while the gateway may go on writing.</summary>
    public int Backup(string target)
    {
        if (Load() is not { } config || FilesOf(config) is not { } files)
        {
            return ExitCode.Failure;
        }

        foreach (var (section, file) in files)
        {
            var to = files.Count == 1 ? target : $"{target}.{section}";
            if (SqliteMaintenance.Backup(file, to) is { } complaint)
            {
                return Fail(complaint);
            }

            terminal.Output.WriteLine($"{file} copied to {to} ({new FileInfo(to).Length} bytes)");
        }

        return ExitCode.Success;
    }

    public async Task<int> CheckAsync()
    {
        if (Load() is not { } config)
        {
            return ExitCode.Failure;
        }

        foreach (var (section, postgres) in PostgresOf(config))
        {
            await using var store = new PostgresStore(postgres, TimeProvider.System);
            if (await store.ConnectAsync() is { } fault)
            {
                return Fail($"{section}: {fault.Message}");
            }

            terminal.Output.WriteLine($"{section}: PostgreSQL at {postgres.Host}:{postgres.Port}/{postgres.Database} answers");
        }

        foreach (var (section, file) in SqliteOf(config))
        {
            if (!File.Exists(file))
            {
                terminal.Output.WriteLine($"{section}: {file} is not there yet");
            }
            else if (SqliteMaintenance.Check(file) is { } complaint)
            {
                return Fail($"{section}: {complaint}");
            }
            else
            {
                terminal.Output.WriteLine($"{section}: {file} is sound");
            }
        }

        return ExitCode.Success;
    }

    /// <param name="reference">The new key, or env.NAME.</param>
    public async Task<int> RotateKeyAsync(string reference)
    {
        var secret = reference.StartsWith("env.", StringComparison.Ordinal) ? terminal.Variable(reference[4..]) : reference;
        if (secret is not { Length: > 0 })
        {
            return Fail($"the environment variable {reference[4..]} is not set");
        }

        if (Load() is not { } config)
        {
            return ExitCode.Failure;
        }

        var to = new StoreKey(secret);
        var opening = new StoreOpening(config with { EncryptionKey = new Secret("") }, appDirectory, TimeProvider.System);
        await using var stores = await opening.OpenAsync();
        if (stores is null || opening.Notice is not null)
        {
            return Fail(opening.Complaint ?? opening.Notice!);
        }

        var from = config.EncryptionKey.IsEmpty ? null : new StoreKey(config.EncryptionKey.Reveal());
        var total = 0L;
        foreach (var store in new HashSet<IStore?> { stores.State, stores.Logs })
        {
            if (store is IBodies bodies)
            {
                var rotation = new KeyRotation(bodies, from, to);
                var fault = await rotation.RunAsync();
                total += rotation.Sealed;
                if (fault is not null)
                {
                    return Fail($"{fault.Message} ({total} bodies were sealed with the new key; run the command again once this is solved)");
                }
            }
        }

        terminal.Output.WriteLine($"{total} bodies sealed with key {to.Id}. Now make it the encryption_key of config.json, then start the gateway.");
        return ExitCode.Success;
    }

    private GatewayConfig? Load()
    {
        var loaded = new ConfigLoader(terminal.Variable).Load(appDirectory);
        if (loaded.Config is null)
        {
            ConfigCommands.WriteProblems(terminal.Error, loaded.Problems);
        }

        return loaded.Config;
    }

    private List<(string Section, string File)>? FilesOf(GatewayConfig config)
    {
        if (PostgresOf(config).Count > 0)
        {
            Fail("the store is a PostgreSQL database: use pg_dump for it");
            return null;
        }

        var files = SqliteOf(config).FindAll(one => File.Exists(one.File));
        if (files.Count > 0)
        {
            return files;
        }

        Fail($"there is no store yet in {appDirectory}");
        return null;
    }

    private List<(string Section, string File)> SqliteOf(GatewayConfig config)
    {
        var files = new List<(string, string)>();
        var state = StoreOpening.FileOf(config.ConfigStore, appDirectory);
        if (state is not null)
        {
            files.Add(("config_store", state));
        }

        if (StoreOpening.FileOf(config.LogsStore, appDirectory) is { } logs && logs != state)
        {
            files.Add(("logs_store", logs));
        }

        return files;
    }

    private static List<(string Section, PostgresConfig Config)> PostgresOf(GatewayConfig config)
    {
        var found = new List<(string, PostgresConfig)>();
        if (config.ConfigStore is { IsEnabled: true, Postgres: { } state })
        {
            found.Add(("config_store", state));
        }

        if (config.LogsStore is { IsEnabled: true, Postgres: { } logs })
        {
            found.Add(("logs_store", logs));
        }

        return found;
    }

    private int Fail(string complaint)
    {
        terminal.Error.WriteLine("error: " + complaint);
        return ExitCode.Failure;
    }
}
