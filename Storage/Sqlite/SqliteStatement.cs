using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace BifrostLite.Storage.Sqlite;

/// <summary>A prepared statement. Parameters are bound from left to right; columns count from 0.</summary>
internal sealed unsafe class SqliteStatement : IRow, IParameters<SqliteStatement>, IDisposable
{
    private const int NullType = 5;

    /// <summary>Twice what the names in a log entry take.</summary>
    private const int ScratchBytes = 1024;

    /// <summary>Parameters that <see cref="BindAgain"/> knows, and the room of each.</summary>
    private const int KeptTexts = 16;
    private const int KeptBytes = 192;

    private readonly SqliteConnection _connection;
    private readonly bool _isKept;

    /// <summary>Short texts lie here until the statement starts anew, so that SQLite need not copy them. Pinned: it holds their address.</summary>
    private readonly byte[] _scratch;
    private int _scratchUsed;

    /// <summary>What <see cref="BindAgain"/> bound, by index, and where it lies; null until it is used.</summary>
    private string?[]? _last;
    private byte[] _lastBytes = [];
    private nint _handle;
    private int _bound;

    /// <param name="connection">Where it runs.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="isKept">Whether Dispose only makes it ready for its next use.</param>
    public SqliteStatement(SqliteConnection connection, string sql, bool isKept)
    {
        _connection = connection;
        _isKept = isKept;
        _scratch = isKept ? GC.AllocateUninitializedArray<byte>(ScratchBytes, pinned: true) : [];
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
            return BindInPlace(""u8);
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (_scratch.Length - _scratchUsed >= most)
        {
            var text = _scratch.AsSpan(_scratchUsed);
            var length = Encoding.UTF8.GetBytes(value, text);
            _scratchUsed += length;
            return BindInPlace(text[..length]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(most);
        Bind(rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)), SqliteNative.Transient);
        ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>
    /// As <see cref="Bind(string)"/>, for a text that is mostly the one of the row before: then nothing is done, as bindings outlive a restart.
    /// </summary>
    public SqliteStatement BindAgain(string value)
    {
        var index = _bound + 1;
        _last ??= new string?[KeptTexts];
        if (index >= KeptTexts || value.Length > KeptBytes / 3)
        {
            _last[index % KeptTexts] = null;
            return Bind(value);
        }

        if (_last[index] == value)
        {
            _bound = index;
            return this;
        }

        if (_lastBytes.Length == 0)
        {
            _lastBytes = GC.AllocateUninitializedArray<byte>(KeptTexts * KeptBytes, pinned: true);
        }

        _last[index] = value;
        var text = _lastBytes.AsSpan(index * KeptBytes, KeptBytes);
        return BindInPlace(text[..Encoding.UTF8.GetBytes(value, text)]);
    }

    /// <summary>UTF-8 text that neither moves nor changes until the statement starts anew: SQLite reads it where it is (SQLITE_STATIC).</summary>
    public SqliteStatement BindInPlace(ReadOnlySpan<byte> utf8) => Bind(utf8, destructor: 0);

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

    public SqliteStatement Bind(ReadOnlyMemory<byte> value) => Bind(value.Span);

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

    public double Double(int column) => SqliteNative.sqlite3_column_double(_handle, column);

    public string Text(int column)
    {
        var text = SqliteNative.sqlite3_column_text(_handle, column);
        var length = SqliteNative.sqlite3_column_bytes(_handle, column);
        return length == 0 ? "" : Marshal.PtrToStringUTF8((nint)text, length);
    }

    public byte[] Bytes(int column) => Blob(column).ToArray();

    /// <summary>Good until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column)
    {
        var bytes = SqliteNative.sqlite3_column_blob(_handle, column);
        return new ReadOnlySpan<byte>(bytes, SqliteNative.sqlite3_column_bytes(_handle, column));
    }

    /// <summary>Ready for its next use, or gone if it was for one use.</summary>
    public void Dispose()
    {
        if (!_isKept)
        {
            Finish();
            return;
        }

        Restart();
        _last = null;
        _ = SqliteNative.sqlite3_clear_bindings(_handle);
    }

    /// <summary>Ready to be bound and run again at once; until then it holds what it was bound to.</summary>
    public void Restart()
    {
        // The code only repeats what the last step said.
        _ = SqliteNative.sqlite3_reset(_handle);
        _bound = 0;
        _scratchUsed = 0;
    }

    /// <summary>Its end.</summary>
    public void Finish()
    {
        _ = SqliteNative.sqlite3_finalize(_handle);
        _handle = 0;
    }

    private SqliteStatement Bind(ReadOnlySpan<byte> utf8, nint destructor)
    {
        // The address of an empty literal stays too; that of an empty span may be none, which would be NULL.
        fixed (byte* bytes = utf8.IsEmpty ? "\0"u8 : utf8)
        {
            _connection.Check(SqliteNative.sqlite3_bind_text(_handle, ++_bound, bytes, utf8.Length, destructor));
        }

        return this;
    }
}
