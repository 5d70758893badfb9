using System.Runtime.InteropServices;
using System.Text;

namespace BifrostLite.Storage.Sqlite;

/// <summary>One open database file. Belongs to one thread at a time: SQLite's own locks are off.</summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    /// <summary>Another process (a back-up, a check) may hold the file for a moment; longer than this is a fault.</summary>
    private const int BusyMilliseconds = 5000;

    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private nint _handle;

    public SqliteConnection(string file, int flags)
    {
        nint handle;
        fixed (byte* name = Zero(file))
        {
            var code = SqliteNative.sqlite3_open_v2(name, &handle, flags | SqliteNative.OpenNoMutex, null);
            _handle = handle;
            if (code != SqliteNative.Ok)
            {
                var problem = Problem(code);
                Dispose();
                throw problem;
            }
        }

        Check(SqliteNative.sqlite3_extended_result_codes(_handle, 1));
        Check(SqliteNative.sqlite3_busy_timeout(_handle, BusyMilliseconds));
    }

    public nint Handle => _handle;

    /// <summary>Rows the last statement changed.</summary>
    public long Changes => SqliteNative.sqlite3_changes64(_handle);

    public bool IsInTransaction => SqliteNative.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>The prepared statement of a constant text, made at its first use. Reset it after use: that is what its Dispose does.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(this, sql, isKept: true);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>A statement for one use, of a text that is put together.</summary>
    public SqliteStatement Compile(string sql) => new(this, sql, isKept: false);

    /// <summary>Runs texts that give no rows, one after the other; ';' ends each.</summary>
    public void Execute(string script)
    {
        var sql = Zero(script);
        fixed (byte* start = sql)
        {
            var at = start;
            var end = start + sql.Length - 1;
            while (at < end)
            {
                nint statement;
                byte* tail;
                Check(SqliteNative.sqlite3_prepare_v3(_handle, at, (int)(end - at) + 1, 0, &statement, &tail));
                at = tail;
                if (statement != 0)
                {
                    RunToEnd(statement);
                }
            }
        }
    }

    public long ReadNumber(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    public string ReadText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    public void Check(int code)
    {
        if (code != SqliteNative.Ok)
        {
            throw Problem(code);
        }
    }

    public SqliteException Problem(int code) =>
        new(code, Marshal.PtrToStringUTF8((nint)(_handle == 0 ? SqliteNative.sqlite3_errstr(code) : SqliteNative.sqlite3_errmsg(_handle))) ?? "");

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Finish();
        }

        _statements.Clear();
        if (_handle != 0)
        {
            _ = SqliteNative.sqlite3_close_v2(_handle);
            _handle = 0;
        }
    }

    /// <summary>A text as SQLite wants names and scripts: UTF-8 with a zero at its end.</summary>
    internal static byte[] Zero(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    private void RunToEnd(nint statement)
    {
        int code;
        do
        {
            code = SqliteNative.sqlite3_step(statement);
        }
        while (code == SqliteNative.Row);

        var problem = code == SqliteNative.Done ? null : Problem(code);
        _ = SqliteNative.sqlite3_finalize(statement);
        if (problem is not null)
        {
            throw problem;
        }
    }
}
