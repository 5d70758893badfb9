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
}
