#if !SQLITE_LINKED
using System.Runtime.InteropServices;
#endif

namespace BifrostLite.Storage.Sqlite;

/// <summary>
/// Finds SQLite: inside the native executable, else the system's library. Linux packages put only "libsqlite3.so.0" on machines that build
/// nothing, a name the runtime does not try by itself.
/// </summary>
internal static class SqliteLibrary
{
    /// <summary>3.35 brought RETURNING (2021-03-12); Debian 12 has 3.40.</summary>
    private const int LeastVersion = 3_035_000;

#if !SQLITE_LINKED
    private static readonly string[] Names = ["libsqlite3.so.0", "libsqlite3.so", "libsqlite3.dylib", "sqlite3", "winsqlite3"];
#endif

    private static readonly Lazy<string?> State = new(Look);

    /// <summary>What is missing and how to get it, or null where SQLite can be used.</summary>
    public static string? Complaint => State.Value;

    private static string? Look()
    {
#if !SQLITE_LINKED
        var library = nint.Zero;
        if (!Names.Any(name => NativeLibrary.TryLoad(name, typeof(SqliteLibrary).Assembly, DllImportSearchPath.SafeDirectories, out library)))
        {
            return "the SQLite library is not on this machine; install it (Debian and Ubuntu: apt-get install libsqlite3-0), "
                + "or use the native executable, which has it inside";
        }

        NativeLibrary.SetDllImportResolver(typeof(SqliteLibrary).Assembly, (name, _, _) => name == SqliteNative.Library ? library : nint.Zero);
#endif
        if (OperatingSystem.IsLinux())
        {
            // Statistics of memory that nobody reads put a lock around every allocation: a tenth of the time of a log entry.
            _ = SqliteNative.sqlite3_config(SqliteNative.ConfigMemoryStatus, 0);
        }

        var version = SqliteNative.sqlite3_libversion_number();
        return version >= LeastVersion ? null : $"SQLite {version / 1_000_000}.{version / 1000 % 1000} is too old, at least 3.35 is needed";
    }
}
