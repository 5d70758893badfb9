namespace BifrostLite.Schemas.Hub;

/// <summary>How a model is asked to think.</summary>
internal enum ReasoningStyle
{
    /// <summary>By an effort word (OpenAI).</summary>
    Effort,

    /// <summary>By a token budget (Claude up to 4.5, Gemini 2.5).</summary>
    Budget,

    /// <summary>By itself, guided by an effort word (newer Claude).</summary>
    Adaptive,

    /// <summary>By a level word (Gemini 3).</summary>
    Level,
}

/// <summary>
/// What a request writer must know of the model it writes for. Facts about vendors live in Providers and arrive here as
/// plain abilities, so that no dialect names a vendor.
/// </summary>
internal sealed record TargetModel(string Provider, string Model, string Family)
{
    /// <summary>Most tokens one answer may have, where known; also what is asked for where a dialect demands a limit and the caller gave none.</summary>
    public long MaxOutputTokens { get; init; } = 4096;

    public ReasoningStyle Reasoning { get; init; } = ReasoningStyle.Effort;

    /// <summary>Reasoning state of this family is valid at every provider and dialect that serves it.</summary>
    public bool StateIsPortable { get; init; }

    /// <summary>Chat: the limit is called max_completion_tokens; max_tokens would be refused.</summary>
    public bool TakesMaxCompletionTokens { get; init; }

    /// <summary>Chat: instructions may carry the role developer.</summary>
    public bool TakesDeveloperRole { get; init; }

    /// <summary>temperature, top_p and top_k are accepted (not by OpenAI's reasoning models, not by Messages since 2026-10-21).</summary>
    public bool TakesSampling { get; init; } = true;

    /// <summary>temperature and top_p may be given together (not with Claude since 4.5, Opus since 4.1).</summary>
    public bool TakesTemperatureWithTopP { get; init; } = true;

    /// <summary>A tool call may be demanded (not of Claude 5.5 and Fable 5.1).</summary>
    public bool TakesForcedTools { get; init; } = true;

    /// <summary>Messages: the thinking type that switches thinking off: disabled, between_tools, or empty where none does.</summary>
    public string ThinkingOff { get; init; } = "disabled";

    /// <summary>Images and documents may be given by URL.</summary>
    public bool TakesMediaUrls { get; init; } = true;

    /// <summary>Structured output by schema is accepted; else a forced tool stands in.</summary>
    public bool TakesSchemaFormat { get; init; } = true;

    /// <summary>Turns with the role system are accepted in the middle of the conversation.</summary>
    public bool TakesMidSystem { get; init; }

    /// <summary>An assistant's turn may stand last, to be continued (prefill).</summary>
    public bool TakesPrefill { get; init; } = true;

    /// <summary>Cache breakpoints are accepted.</summary>
    public bool TakesCacheControl { get; init; } = true;

    /// <summary>Chat and Responses: free-form (custom) tools are accepted.</summary>
    public bool TakesCustomTools { get; init; }

    /// <summary>Chat: reasoning_effort is accepted.</summary>
    public bool TakesReasoningEffort { get; init; } = true;

    /// <summary>Chat: reasoning_content of turns with tool calls must come back with them, or the request is refused.</summary>
    public bool WantsReasoningBack { get; init; }

    /// <summary>The least reasoning the model can be asked for: "none" where it can be switched off, else "minimal" or "low".</summary>
    public string LeastEffort { get; init; } = "none";

    /// <summary>The smallest limit on an answer that is accepted.</summary>
    public long MinOutputTokens { get; init; } = 1;

    /// <summary>Instructions the model's maker puts before a request's tools and counts as input, in tokens; for estimates.</summary>
    public int ToolPromptTokens { get; init; }

    /// <summary>GenerateContent: countTokens takes a whole request below generateContentRequest; else only some of its members, at the top.</summary>
    public bool WrapsCountedRequest { get; init; } = true;

    /// <summary>Value of the dialect's version header or member, where it has one (Messages anthropic-version).</summary>
    public string Version { get; init; } = "";
}
