using System.Runtime.InteropServices;

namespace BifrostLite.Storage.Sqlite;

/// <summary>
/// The functions of the SQLite library that are used here, with its own names and nothing added (https://www.sqlite.org/c3ref/funclist.html).
/// The native executable has the library inside; elsewhere <see cref="SqliteLibrary"/> finds the system's. What only sets or gets a short
/// value takes less time than telling the garbage collector of a call out of managed code would.
/// </summary>
internal static unsafe partial class SqliteNative
{
    public const string Library = "sqlite3";

    public const int Ok = 0;
    public const int Row = 100;
    public const int Done = 101;

    public const int OpenReadOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    public const int OpenNoMutex = 0x8000;

    public const int PreparePersistent = 0x1;

    public const int ConfigMemoryStatus = 9;

    /// <summary>SQLITE_TRANSIENT: SQLite copies what is bound before the call returns.</summary>
    public const nint Transient = -1;

    [LibraryImport(Library)]
    public static partial int sqlite3_libversion_number();

    /// <summary>Takes any number of arguments in C; with whole numbers only, Linux passes them as for any other function.</summary>
    [LibraryImport(Library)]
    public static partial int sqlite3_config(int option, int value);

    [LibraryImport(Library)]
    public static partial int sqlite3_open_v2(byte* file, nint* database, int flags, byte* vfs);

    [LibraryImport(Library)]
    public static partial int sqlite3_close_v2(nint database);

    [LibraryImport(Library)]
    public static partial int sqlite3_extended_result_codes(nint database, int on);

    [LibraryImport(Library)]
    public static partial int sqlite3_busy_timeout(nint database, int milliseconds);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_errmsg(nint database);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_errstr(int code);

    [LibraryImport(Library)]
    public static partial long sqlite3_changes64(nint database);

    [LibraryImport(Library)]
    public static partial int sqlite3_get_autocommit(nint database);

    [LibraryImport(Library)]
    public static partial int sqlite3_prepare_v3(nint database, byte* sql, int length, uint flags, nint* statement, byte** tail);

    [LibraryImport(Library)]
    public static partial int sqlite3_step(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_reset(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_clear_bindings(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_bind_null(nint statement, int index);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_bind_int64(nint statement, int index, long value);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_bind_double(nint statement, int index, double value);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_bind_text(nint statement, int index, byte* text, int length, nint destructor);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_blob(nint statement, int index, byte* bytes, int length, nint destructor);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_column_type(nint statement, int column);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial long sqlite3_column_int64(nint statement, int column);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial double sqlite3_column_double(nint statement, int column);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_column_text(nint statement, int column);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_column_blob(nint statement, int column);

    [LibraryImport(Library)]
    public static partial int sqlite3_column_bytes(nint statement, int column);

    [LibraryImport(Library)]
    public static partial nint sqlite3_backup_init(nint target, byte* targetName, nint source, byte* sourceName);

    [LibraryImport(Library)]
    public static partial int sqlite3_backup_step(nint backup, int pages);

    [LibraryImport(Library)]
    public static partial int sqlite3_backup_finish(nint backup);
}
