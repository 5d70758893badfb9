namespace BifrostLite.Storage;

/// <summary>An entry of the request log as both engines keep it: what is searched, sorted or summed up has a column, the rest is <see cref="LogFacts"/>.</summary>
internal static class LogRow
{
    public const string Values =
        "id, time, provider, model, virtual_key, key_name, operation, error, total_ms, input_tokens, output_tokens, cost, facts";

    /// <summary>What <see cref="Read"/> takes, in its order.</summary>
    public const string Columns = "seq, " + Values;

    /// <summary>Where contents follow the <see cref="Columns"/>.</summary>
    public const int RequestColumn = 14;

    public const int ResponseColumn = 15;

    /// <summary>What <see cref="ReadTotals"/> takes of the entries that match.</summary>
    private const string Totals = """
        count(*), count(*) FILTER (WHERE error <> ''), coalesce(avg(total_ms), 0), CAST(coalesce(sum(input_tokens + output_tokens), 0) AS bigint),
        coalesce(sum(cost), 0)
        """;

    public static string SelectTotals(LogFilterSql filter) => $"SELECT {Totals} FROM lite_logs{filter.Where}";

    public static string SelectPage(LogQuery query, LogFilterSql filter)
    {
        var order = query.Order switch
        {
            LogOrder.Milliseconds => "total_ms",
            LogOrder.Tokens => "input_tokens + output_tokens",
            LogOrder.Cost => "cost",
            _ => "seq",
        };
        var direction = query.Ascending ? "NULLS FIRST" : "DESC NULLS LAST";
        return $"SELECT {Columns} FROM lite_logs{filter.Where} ORDER BY {order} {direction}, seq {direction} LIMIT {query.Limit} OFFSET {query.Offset}";
    }

    public static LogTotals ReadTotals(IRow row) => new(row.Long(0), row.Long(1), row.Double(2), row.Long(3), row.Double(4));

    public static LogEntry Read(IRow row, bool withContent = false)
    {
        var facts = new LogFacts(row.Text(13));
        return new LogEntry
        {
            Sequence = row.Long(0),
            Id = row.Text(1),
            Time = row.Long(2),
            Provider = row.Text(3),
            Model = row.Text(4),
            VirtualKey = row.Text(5),
            KeyName = row.Text(6),
            Operation = row.Text(7),
            Error = row.Text(8),
            Milliseconds = row.Double(9),
            InputTokens = row.Long(10),
            OutputTokens = row.Long(11),
            Cost = row.IsNull(12) ? null : row.Double(12),
            Route = facts.Text(LogFact.Route),
            CallerDialect = facts.Text(LogFact.CallerDialect),
            UpstreamDialect = facts.Text(LogFact.UpstreamDialect),
            RequestedModel = facts.Text(LogFact.RequestedModel),
            Status = (int)facts.Number(LogFact.Status),
            ErrorMessage = facts.Text(LogFact.ErrorMessage),
            IsStream = facts.Number(LogFact.IsStream) != 0,
            Attempts = (int)facts.Number(LogFact.Attempts),
            Trail = facts.Text(LogFact.Trail),
            Losses = facts.Text(LogFact.Losses),
            CacheReadTokens = facts.Number(LogFact.CacheReadTokens),
            CacheWriteTokens = facts.Number(LogFact.CacheWriteTokens),
            ReasoningTokens = facts.Number(LogFact.ReasoningTokens),
            HeadersMilliseconds = facts.Milliseconds(LogFact.HeadersMicroseconds),
            FirstTokenMilliseconds = facts.Milliseconds(LogFact.FirstTokenMicroseconds),
            BytesIn = facts.Number(LogFact.BytesIn),
            BytesOut = facts.Number(LogFact.BytesOut),
            Extra = facts.Text(LogFact.Extra),
            RequestBody = withContent ? row.Bytes(RequestColumn) : default(ReadOnlyMemory<byte>),
            ResponseBody = withContent ? row.Bytes(ResponseColumn) : default(ReadOnlyMemory<byte>),
        };
    }
}
