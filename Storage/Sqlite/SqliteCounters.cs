namespace BifrostLite.Storage.Sqlite;

/// <summary>The statements of counters.</summary>
internal static class SqliteCounters
{
    public static long[] Add(SqliteConnection connection, IReadOnlyList<CounterChange> changes)
    {
        var values = new long[changes.Count];
        for (var i = 0; i < values.Length; i++)
        {
            using var statement = connection.Prepare("""
                INSERT INTO lite_counters VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (key, window_start) DO UPDATE SET amount = amount + excluded.amount, expires_at = excluded.expires_at
                RETURNING amount
                """);
            var change = changes[i];
            statement.Bind(change.Key).Bind(change.Window.ToUnixTimeMilliseconds()).Bind(change.Amount).Bind(change.ExpiresAt.ToUnixTimeMilliseconds());
            statement.Step();
            values[i] = statement.Long(0);
            statement.Run();
        }

        return values;
    }

    public static long[] Read(SqliteConnection connection, IReadOnlyList<CounterChange> counters)
    {
        var values = new long[counters.Count];
        for (var i = 0; i < values.Length; i++)
        {
            using var statement = connection.Prepare("SELECT amount FROM lite_counters WHERE key = ?1 AND window_start = ?2");
            values[i] = statement.Bind(counters[i].Key).Bind(counters[i].Window.ToUnixTimeMilliseconds()).Step() ? statement.Long(0) : 0;
        }

        return values;
    }
}
