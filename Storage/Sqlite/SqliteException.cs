namespace BifrostLite.Storage.Sqlite;

/// <summary>What SQLite answered instead of "ok". Thrown by the binding, caught once where the engine's threads end a call.</summary>
internal sealed class SqliteException(int code, string message) : Exception(message)
{
    /// <summary>The extended result code (https://www.sqlite.org/rescode.html).</summary>
    public int Code { get; } = code;

    /// <summary>The code as the store's callers know it.</summary>
    public StoreFault ToFault() => new(Kind, $"SQLite: {Message} ({Code})");

    private StoreFaultKind Kind => (Code & 0xff) switch
    {
        5 or 6 => StoreFaultKind.Locked, // BUSY, LOCKED
        8 => StoreFaultKind.ReadOnly, // READONLY
        11 or 26 => StoreFaultKind.Corrupt, // CORRUPT, NOTADB
        13 => StoreFaultKind.Full, // FULL
        14 => StoreFaultKind.Unavailable, // CANTOPEN
        _ => StoreFaultKind.Failed,
    };
}
