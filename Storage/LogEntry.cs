namespace BifrostLite.Storage;

/// <summary>One request as the log keeps it. No credential is ever in it; contents only where logging them is on.</summary>
internal sealed class LogEntry
{
    public required string Id { get; init; }

    /// <summary>When the request came, in milliseconds since 1970.</summary>
    public required long Time { get; init; }

    /// <summary>The path asked for, as its template where it has one.</summary>
    public string Route { get; init; } = "";

    /// <summary>generate, embed, count_tokens and the like.</summary>
    public string Operation { get; init; } = "";

    public string CallerDialect { get; init; } = "";

    /// <summary>Dialect of the provider that answered; empty where nobody was asked.</summary>
    public string UpstreamDialect { get; init; } = "";

    public string Provider { get; init; } = "";

    /// <summary>The model as the provider knows it.</summary>
    public string Model { get; init; } = "";

    /// <summary>The model the caller asked for.</summary>
    public string RequestedModel { get; init; } = "";

    /// <summary>Name of the provider key, never its value.</summary>
    public string KeyName { get; init; } = "";

    /// <summary>Id of the caller's virtual key, never its value.</summary>
    public string VirtualKey { get; init; } = "";

    public int Status { get; init; }

    /// <summary>Kind of failure, empty for none; an answer can begin with status 200 and fail later.</summary>
    public string Error { get; init; } = "";

    public string ErrorMessage { get; init; } = "";

    public bool IsStream { get; init; }

    /// <summary>Calls made upstream.</summary>
    public int Attempts { get; init; }

    /// <summary>The attempts as a JSON array; empty where there was one and it went well.</summary>
    public string Trail { get; init; } = "";

    /// <summary>What a translation could not say, as path=reason pairs.</summary>
    public string Losses { get; init; } = "";

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long CacheReadTokens { get; init; }

    public long CacheWriteTokens { get; init; }

    public long ReasoningTokens { get; init; }

    /// <summary>In dollars; null where no price is known.</summary>
    public double? Cost { get; init; }

    public double? HeadersMilliseconds { get; init; }

    public double? FirstTokenMilliseconds { get; init; }

    public double Milliseconds { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    /// <summary>Further facts as a JSON object (named headers, dimensions); empty for none.</summary>
    public string Extra { get; init; } = "";

    /// <summary>What was asked and answered, where that is kept.</summary>
    public ReadOnlyMemory<byte> RequestBody { get; set; }

    public ReadOnlyMemory<byte> ResponseBody { get; set; }

    /// <summary>Place in the log. Set by the store.</summary>
    public long Sequence { get; init; }

    /// <summary>Keeps the entry and forgets what was asked and answered.</summary>
    public void DropContent() => RequestBody = ResponseBody = default;

    public bool HasContent => !RequestBody.IsEmpty || !ResponseBody.IsEmpty;
}
