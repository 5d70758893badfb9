using BifrostLite.Storage;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>Log entries with every member set, told apart by a number.</summary>
internal static class LogEntryMaker
{
    public const long Start = 1_700_000_000_000;

    public static LogEntry Make(int number, string provider = "openai", string error = "", bool hasContent = false) => new()
    {
        Id = $"request-{number}",
        Time = Start + (number * 1000L),
        Route = "/v1/chat/completions",
        Operation = "generate",
        CallerDialect = "chat",
        UpstreamDialect = "messages",
        Provider = provider,
        Model = "gpt-5.1",
        RequestedModel = "openai/gpt-5.1",
        KeyName = "main",
        VirtualKey = number % 2 == 0 ? "even" : "odd",
        Status = error.Length == 0 ? 200 : 502,
        Error = error,
        ErrorMessage = error.Length == 0 ? "" : "It's \"broken\" ü",
        IsStream = number % 2 == 0,
        Attempts = 2,
        Trail = "[{\"provider\":\"a\"}]",
        Losses = "tools[0]=unsupported",
        InputTokens = number * 10,
        OutputTokens = number,
        CacheReadTokens = 3,
        CacheWriteTokens = 4,
        ReasoningTokens = 5,
        Cost = number * 0.5,
        HeadersMilliseconds = 1.5,
        FirstTokenMilliseconds = number % 2 == 0 ? 2.5 : null,
        Milliseconds = number,
        BytesIn = 100,
        BytesOut = 200,
        Extra = "{\"headers\":{}}",
        RequestBody = hasContent ? "asked"u8.ToArray() : default(ReadOnlyMemory<byte>),
        ResponseBody = hasContent ? "answered"u8.ToArray() : default(ReadOnlyMemory<byte>),
    };

    /// <summary>Puts an entry into the tables of version 1, in SQL that both engines take.</summary>
    public static string InsertIntoVersion1(LogEntry entry) => FormattableString.Invariant($"""
        INSERT INTO lite_logs (id, time, route, operation, caller_dialect, upstream_dialect, provider, model, requested_model, key_name, virtual_key,
          status, error, error_message, is_stream, attempts, trail, losses, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
          reasoning_tokens, cost, headers_ms, first_token_ms, total_ms, bytes_in, bytes_out, extra)
        VALUES ('{entry.Id}', {entry.Time}, '{entry.Route}', '{entry.Operation}', '{entry.CallerDialect}', '{entry.UpstreamDialect}',
          '{entry.Provider}', '{entry.Model}', '{entry.RequestedModel}', '{entry.KeyName}', '{entry.VirtualKey}', {entry.Status}, '{entry.Error}',
          '{entry.ErrorMessage.Replace("'", "''", StringComparison.Ordinal)}', {(entry.IsStream ? 1 : 0)}, {entry.Attempts}, '{entry.Trail}', '{entry.Losses}',
          {entry.InputTokens}, {entry.OutputTokens}, {entry.CacheReadTokens}, {entry.CacheWriteTokens}, {entry.ReasoningTokens}, {Sql(entry.Cost)},
          {Sql(entry.HeadersMilliseconds)}, {Sql(entry.FirstTokenMilliseconds)}, {entry.Milliseconds}, {entry.BytesIn}, {entry.BytesOut}, '{entry.Extra}')
        """);

    /// <summary>Holds two entries against each other, contents and place apart.</summary>
    public static void AssertSame(LogEntry expected, LogEntry? actual)
    {
        Assert.NotNull(actual);
        foreach (var property in typeof(LogEntry).GetProperties())
        {
            if (property.PropertyType != typeof(ReadOnlyMemory<byte>) && property.Name is not (nameof(LogEntry.Sequence) or nameof(LogEntry.HasContent)))
            {
                Assert.Equal((property.Name, property.GetValue(expected)), (property.Name, property.GetValue(actual)));
            }
        }
    }

    private static string Sql(double? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "NULL";
}
