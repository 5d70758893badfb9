namespace BifrostLite.Schemas.Hub;

/// <summary>One model of a list, in no dialect: what the lists of the dialects share.</summary>
/// <param name="Id">Its name; a provider's own in a provider's list, "provider/model" in the gateway's.</param>
internal sealed record ModelInfo(string Id)
{
    /// <summary>Seconds since 1970; 0 where unknown.</summary>
    public long Created { get; init; }

    /// <summary>For people; empty where the list gives none.</summary>
    public string DisplayName { get; init; } = "";

    public string OwnedBy { get; init; } = "";

    public long? MaxInputTokens { get; init; }

    public long? MaxOutputTokens { get; init; }

    /// <summary>What it costs; null where nobody told.</summary>
    public ModelPricing? Pricing { get; init; }

    /// <summary>What it can do, in the price sheet's words: vision, reasoning, function_calling and so on.</summary>
    public IReadOnlyList<string>? Abilities { get; init; }
}

/// <summary>US dollars for one token (one search), as text: OpenRouter's names, which Bifrost's list has too (openrouter.ai/docs/api-reference/list-available-models).</summary>
internal sealed record ModelPricing(string? Prompt, string? Completion, string? InputCacheRead, string? InputCacheWrite, string? InternalReasoning, string? WebSearch);

/// <summary>A part of a list.</summary>
/// <param name="Models">The models of this part.</param>
/// <param name="Next">What the caller sends to get the part behind this one; null at the end.</param>
internal sealed record ModelPage(IReadOnlyList<ModelInfo> Models, string? Next);
