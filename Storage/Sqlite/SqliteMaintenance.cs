namespace BifrostLite.Storage.Sqlite;

/// <summary>Looks after a database file from outside the gateway, which may be running.</summary>
internal static class SqliteMaintenance
{
    /// <summary>Pages copied before writers get a turn.</summary>
    private const int StepPages = 500;

    /// <summary>Why the file is not sound, or null. Reads all of it.</summary>
    public static string? Check(string file) => Try(file, () =>
    {
        using var connection = new SqliteConnection(file, SqliteNative.OpenReadOnly);
        return SqliteFile.Check(connection, isThorough: true) is { } damage ? throw new SqliteException(11, damage) : null;
    });

    /// <summary>Copies a database as it is at one moment (https://www.sqlite.org/backup.html) into a new file; why that failed, or null.</summary>
    public static string? Backup(string file, string target)
    {
        if (File.Exists(target))
        {
            return $"{target} is there already";
        }

        return Try(file, () =>
        {
            SqliteFile.Create(target);
            using var source = new SqliteConnection(file, SqliteNative.OpenReadOnly);
            using var copy = new SqliteConnection(target, SqliteNative.OpenReadWrite | SqliteNative.OpenCreate);
            Copy(source, copy);
            copy.Execute("PRAGMA journal_mode=DELETE");
            return SqliteFile.Check(copy, isThorough: false) is { } damage ? throw new SqliteException(11, damage) : null;
        });
    }

    private static unsafe void Copy(SqliteConnection source, SqliteConnection copy)
    {
        fixed (byte* main = "main\0"u8)
        {
            var backup = SqliteNative.sqlite3_backup_init(copy.Handle, main, source.Handle, main);
            if (backup == 0)
            {
                throw copy.Problem(1);
            }

            int code;
            do
            {
                code = SqliteNative.sqlite3_backup_step(backup, StepPages);
            }
            while (code == SqliteNative.Ok);

            _ = SqliteNative.sqlite3_backup_finish(backup);
            if (code != SqliteNative.Done)
            {
                throw copy.Problem(code);
            }
        }
    }

    private static string? Try(string file, Func<string?> body)
    {
        if (SqliteLibrary.Complaint is { } complaint)
        {
            return complaint;
        }

        try
        {
            return body();
        }
        catch (SqliteException problem)
        {
            return SqliteFile.WithAdvice(file, problem.ToFault()).Message;
        }
    }
}
