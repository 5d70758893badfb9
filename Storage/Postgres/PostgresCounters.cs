using Npgsql;

namespace BifrostLite.Storage.Postgres;

/// <summary>The statements of counters.</summary>
internal static class PostgresCounters
{
    /// <summary>One round trip. In the order of the keys, or two instances that add to the same ones could wait for each other for ever.</summary>
    public static async Task<long[]> AddAsync(NpgsqlConnection connection, IReadOnlyList<CounterChange> changes)
    {
        var order = new int[changes.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (left, right) => Compare(changes[left], changes[right]));
        await using var batch = new NpgsqlBatch(connection);
        foreach (var i in order)
        {
            var change = changes[i];
            batch.BatchCommands.Add(Command(
                """
                INSERT INTO lite_counters VALUES ($1, $2, $3, $4)
                ON CONFLICT (key, window_start) DO UPDATE SET amount = lite_counters.amount + excluded.amount, expires_at = excluded.expires_at
                RETURNING amount
                """,
                change.Key, change.Window.ToUnixTimeMilliseconds(), change.Amount, change.ExpiresAt.ToUnixTimeMilliseconds()));
        }

        return await ReadAsync(batch, order);
    }

    public static async Task<long[]> ReadAsync(NpgsqlConnection connection, IReadOnlyList<CounterChange> counters)
    {
        var order = new int[counters.Count];
        await using var batch = new NpgsqlBatch(connection);
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            batch.BatchCommands.Add(Command(
                "SELECT amount FROM lite_counters WHERE key = $1 AND window_start = $2", counters[i].Key, counters[i].Window.ToUnixTimeMilliseconds()));
        }

        return await ReadAsync(batch, order);
    }

    private static async Task<long[]> ReadAsync(NpgsqlBatch batch, int[] order)
    {
        var values = new long[order.Length];
        if (order.Length == 0)
        {
            return values;
        }

        await using var row = await batch.ExecuteReaderAsync();
        foreach (var i in order)
        {
            values[i] = await row.ReadAsync() ? row.GetInt64(0) : 0;
            await row.NextResultAsync();
        }

        return values;
    }

    private static NpgsqlBatchCommand Command(string sql, string key, params ReadOnlySpan<long> numbers)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        foreach (var number in numbers)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        }

        return command;
    }

    private static int Compare(in CounterChange left, in CounterChange right)
    {
        var byKey = string.CompareOrdinal(left.Key, right.Key);
        return byKey != 0 ? byKey : left.Window.CompareTo(right.Window);
    }
}
