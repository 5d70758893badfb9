namespace BifrostLite.Storage.Sqlite;

/// <summary>The database file as a whole: settings, tables, advice when it cannot be used.</summary>
internal static class SqliteFile
{
    /// <summary>A sound file of this size is looked through in well under a second; larger ones only by "store check".</summary>
    private const long MostCheckedBytes = 64 << 20;

    /// <summary>The write-ahead log shrinks back to this after a burst.</summary>
    private const int WalBytes = 16 << 20;

    /// <summary>Makes a connection that may write ready for use; a complaint where the file is not to be used.</summary>
    public static string? Prepare(SqliteConnection connection)
    {
        // Before the first table, or it would take a VACUUM: deleted pages can be given back step by step.
        connection.Execute("PRAGMA auto_vacuum=INCREMENTAL");
        connection.Execute($"PRAGMA journal_mode=WAL; PRAGMA journal_size_limit={WalBytes}; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000");
        var size = connection.ReadNumber("PRAGMA page_size") * connection.ReadNumber("PRAGMA page_count");
        if (size <= MostCheckedBytes && Check(connection, isThorough: false) is { } damage)
        {
            throw new SqliteException(11, damage);
        }

        return SqliteSchema.Migrate(connection);
    }

    /// <summary>Makes an empty file that only this user can read, as SQLite then makes the ones beside it; why it cannot be made says SQLite.</summary>
    public static void Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(file, options).Dispose();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>The first damage found, or null (https://www.sqlite.org/pragma.html#pragma_integrity_check).</summary>
    public static string? Check(SqliteConnection connection, bool isThorough)
    {
        var result = connection.ReadText(isThorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
        return result == "ok" ? null : result;
    }

    /// <summary>The fault in words that name the file and the way out.</summary>
    public static StoreFault WithAdvice(string file, StoreFault fault)
    {
        var advice = fault.Kind switch
        {
            StoreFaultKind.Corrupt => "it is damaged or no database. Put a back-up in its place, or move it away (with the files -wal and -shm beside it) "
                + "and a new one is made at the next start",
            StoreFaultKind.Unavailable => "it cannot be opened or made. The directory must exist and this user must be able to write to it",
            StoreFaultKind.ReadOnly => "it cannot be written. This user must be able to write to the file and to its directory",
            StoreFaultKind.Locked => "another program holds it. Stop that one, or name another file",
            StoreFaultKind.Full => "the disk is full",
            _ => "it cannot be used",
        };
        return fault with { Message = $"{file}: {advice} ({fault.Message})" };
    }
}
