using System.Numerics;
using System.Runtime.InteropServices;

namespace BifrostLite.Storage.Sqlite;

/// <summary>
/// Finds entries of the log by id without an index of ids, which would cost a third more for each row: beside every batch lie four bytes an
/// entry, a checksum of its id. To look an id up is to look through those, and then through the batches where it may be.
/// </summary>
internal static class SqliteLogMarks
{
    public static void Append(SqliteConnection connection, IReadOnlyList<LogEntry> entries, long first, long last)
    {
        var marks = new uint[entries.Count];
        for (var i = 0; i < marks.Length; i++)
        {
            marks[i] = Of(entries[i].Id);
        }

        using var statement = connection.Prepare("INSERT INTO lite_log_marks (last, first, marks) VALUES (?1, ?2, ?3)");
        statement.Bind(last).Bind(first).Bind(MemoryMarshal.AsBytes<uint>(marks)).Run();
    }

    /// <summary>Where the entries with these ids are, the newest first.</summary>
    public static List<long> Find(SqliteConnection connection, IReadOnlyList<string> ids)
    {
        var wanted = new uint[ids.Count];
        for (var i = 0; i < wanted.Length; i++)
        {
            wanted[i] = Of(ids[i]);
        }

        var found = new List<long>();
        var unmarked = long.MaxValue;
        using var statement = connection.Prepare("SELECT first, last, marks FROM lite_log_marks ORDER BY last DESC");
        while (statement.Step())
        {
            unmarked = statement.Long(0);
            if (HasAny(statement.Blob(2), wanted))
            {
                Find(connection, ids, unmarked, statement.Long(1), found);
            }
        }

        // What was written before there were marks.
        Find(connection, ids, 0, unmarked - 1, found);
        return found;
    }

    /// <summary>Forgets those of entries that are gone.</summary>
    public static void Sweep(SqliteConnection connection)
    {
        using var statement = connection.Prepare("DELETE FROM lite_log_marks WHERE last < (SELECT coalesce(min(seq), 9223372036854775807) FROM lite_logs)");
        statement.Run();
    }

    private static bool HasAny(ReadOnlySpan<byte> blob, uint[] wanted)
    {
        var marks = MemoryMarshal.Cast<byte, uint>(blob);
        foreach (var mark in wanted)
        {
            if (marks.Contains(mark))
            {
                return true;
            }
        }

        return false;
    }

    private static void Find(SqliteConnection connection, IReadOnlyList<string> ids, long first, long last, List<long> found)
    {
        var condition = new LogFilterSql('?').Add(new LogFilter { Ids = ids }).Between(first, last + 1);
        using var statement = condition.BindTo(connection.Compile($"SELECT seq FROM lite_logs{condition.Where} ORDER BY seq DESC"));
        while (statement.Step())
        {
            found.Add(statement.Long(0));
        }
    }

    /// <summary>CRC-32C of the text as it lies in memory: the same on every machine, and a few nanoseconds.</summary>
    private static uint Of(string id)
    {
        var crc = uint.MaxValue;
        var rest = MemoryMarshal.AsBytes(id.AsSpan());
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, MemoryMarshal.Read<ulong>(rest));
        }

        foreach (var one in rest)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return crc;
    }
}
