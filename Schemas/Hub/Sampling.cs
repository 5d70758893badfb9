namespace BifrostLite.Schemas.Hub;

/// <summary>How the answer is drawn and how long it may get. Null: the provider's default.</summary>
internal sealed record Sampling
{
    /// <summary>Nothing said.</summary>
    public static readonly Sampling None = new();

    public long? MaxTokens { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public long? TopK { get; init; }

    public IReadOnlyList<JsonText> Stop { get; init; } = [];

    public double? FrequencyPenalty { get; init; }

    public double? PresencePenalty { get; init; }

    public long? Seed { get; init; }

    /// <summary>Log probabilities of the chosen tokens are wanted.</summary>
    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    /// <summary>Number of alternative answers.</summary>
    public int? Choices { get; init; }
}

/// <summary>What an answer must be made of.</summary>
internal enum FormatKind
{
    Text,

    /// <summary>Any JSON object.</summary>
    JsonObject,

    /// <summary>JSON that fits <see cref="ResponseFormat.Schema"/>.</summary>
    JsonSchema,
}

/// <summary>The form that is asked of the answer: chat response_format, Responses text.format, Messages and Converse output formats, Gemini responseJsonSchema.</summary>
internal sealed record ResponseFormat(FormatKind Kind)
{
    public JsonText Name { get; init; }

    public JsonText Description { get; init; }

    public RawJson Schema { get; init; }

    public bool? Strict { get; init; }
}

/// <summary>How much the model should think before it answers. Empty of all members: think as the model likes.</summary>
internal sealed record ReasoningAsk
{
    /// <summary>The caller switched reasoning off.</summary>
    public bool Off { get; init; }

    /// <summary>The model decides how much (Messages thinking type adaptive).</summary>
    public bool Adaptive { get; init; }

    /// <summary>minimal, low, medium, high, xhigh, max: the source's own word.</summary>
    public string? Effort { get; init; }

    /// <summary>Tokens to spend on thinking; -1 lets the model decide.</summary>
    public long? Budget { get; init; }

    /// <summary>auto, concise, detailed, or null: which summary to show (Responses).</summary>
    public string? Summary { get; init; }

    /// <summary>Whether the reasoning's text should come back at all (Messages display, Gemini includeThoughts).</summary>
    public bool? Show { get; init; }
}
