using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace BifrostLite.Storage.Sqlite;

/// <summary>A prepared statement. Parameters are bound from left to right; columns count from 0.</summary>
internal sealed unsafe class SqliteStatement : IDisposable
{
    private const int NullType = 5;

    private readonly SqliteConnection _connection;
    private readonly bool _isKept;
    private nint _handle;
    private int _bound;

    /// <param name="connection">Where it runs.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="isKept">Whether Dispose only makes it ready for its next use.</param>
    public SqliteStatement(SqliteConnection connection, string sql, bool isKept)
    {
        _connection = connection;
        _isKept = isKept;
        fixed (byte* text = SqliteConnection.Zero(sql))
        {
            nint handle;
            connection.Check(SqliteNative.sqlite3_prepare_v3(connection.Handle, text, -1, SqliteNative.PreparePersistent, &handle, null));
            _handle = handle;
        }
    }

    public SqliteStatement Bind(long value)
    {
        _connection.Check(SqliteNative.sqlite3_bind_int64(_handle, ++_bound, value));
        return this;
    }

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public SqliteStatement Bind(double? value)
    {
        if (value is not { } number)
        {
            return BindNull();
        }

        _connection.Check(SqliteNative.sqlite3_bind_double(_handle, ++_bound, number));
        return this;
    }

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
        {
            return BindNull();
        }

        if (value.Length == 0)
        {
            // A quarter of a log entry's texts are empty: a constant needs no copy (SQLITE_STATIC, 0).
            fixed (byte* none = "\0"u8)
            {
                _connection.Check(SqliteNative.sqlite3_bind_text(_handle, ++_bound, none, 0, 0));
            }

            return this;
        }

        byte[]? rented = null;
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var room = most <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(value, room);
        fixed (byte* bytes = room)
        {
            _connection.Check(SqliteNative.sqlite3_bind_text(_handle, ++_bound, bytes, length, SqliteNative.Transient));
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return this;
    }

    /// <summary>Bytes; none at all is an empty blob, not NULL.</summary>
    public SqliteStatement Bind(ReadOnlySpan<byte> value)
    {
        // An empty span may have no address, which SQLite would take for NULL.
        byte none = 0;
        fixed (byte* bytes = value)
        {
            _connection.Check(SqliteNative.sqlite3_bind_blob(_handle, ++_bound, value.IsEmpty ? &none : bytes, value.Length, SqliteNative.Transient));
        }

        return this;
    }

    public SqliteStatement BindNull()
    {
        _connection.Check(SqliteNative.sqlite3_bind_null(_handle, ++_bound));
        return this;
    }

    /// <summary>Goes on to the next row; false at the end.</summary>
    public bool Step() => SqliteNative.sqlite3_step(_handle) switch
    {
        SqliteNative.Row => true,
        SqliteNative.Done => false,
        var code => throw _connection.Problem(code),
    };

    /// <summary>Runs a statement whose rows, if any, nobody wants.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    public bool IsNull(int column) => SqliteNative.sqlite3_column_type(_handle, column) == NullType;

    public long Long(int column) => SqliteNative.sqlite3_column_int64(_handle, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public double Double(int column) => SqliteNative.sqlite3_column_double(_handle, column);

    public double? DoubleOrNull(int column) => IsNull(column) ? null : Double(column);

    public string Text(int column)
    {
        var text = SqliteNative.sqlite3_column_text(_handle, column);
        var length = SqliteNative.sqlite3_column_bytes(_handle, column);
        return length == 0 ? "" : Marshal.PtrToStringUTF8((nint)text, length);
    }

    public byte[] Bytes(int column)
    {
        var bytes = SqliteNative.sqlite3_column_blob(_handle, column);
        return new ReadOnlySpan<byte>(bytes, SqliteNative.sqlite3_column_bytes(_handle, column)).ToArray();
    }

    /// <summary>Ready for its next use, or gone if it was for one use.</summary>
    public void Dispose()
    {
        if (!_isKept)
        {
            Finish();
            return;
        }

        // The code only repeats what the last step said.
        _ = SqliteNative.sqlite3_reset(_handle);
        _ = SqliteNative.sqlite3_clear_bindings(_handle);
        _bound = 0;
    }

    /// <summary>Its end.</summary>
    public void Finish()
    {
        _ = SqliteNative.sqlite3_finalize(_handle);
        _handle = 0;
    }
}
