namespace BifrostLite.Configuration;

/// <summary>A provider that speaks a built-in provider's wire at another address.</summary>
internal sealed record CustomProviderConfig
{
    /// <summary>openai, anthropic, bedrock, gemini, cohere, replicate.</summary>
    public required string BaseProviderType { get; init; }

    /// <summary>Request types that may be sent (chat_completion, responses, ...); null for all.</summary>
    public IReadOnlySet<string>? AllowedRequests { get; init; }

    /// <summary>Request type to path or full URL.</summary>
    public IReadOnlyDictionary<string, string> RequestPathOverrides { get; init; } = new Dictionary<string, string>();

    public bool DoesNotSendDoneMarker { get; init; }
}
