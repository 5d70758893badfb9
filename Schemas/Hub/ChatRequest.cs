namespace BifrostLite.Schemas.Hub;

/// <summary>
/// A request in no dialect: what the caller means, read from its dialect and written in the target's. Built at most
/// once per exchange and only when a candidate speaks another dialect. Text and raw values point into the request's
/// body, which outlives it.
/// </summary>
internal sealed class ChatRequest
{
    /// <summary>Name of the dialect the request came in.</summary>
    public required string Dialect { get; init; }

    /// <summary>The model as the caller wrote it; the writer sends the target's name instead.</summary>
    public string Model { get; set; } = "";

    public bool Stream { get; set; }

    /// <summary>The caller of a chat stream asked for a usage chunk.</summary>
    public bool IncludeUsage { get; set; }

    /// <summary>Instructions that stand before the conversation: text parts, each with its own cache breakpoint.</summary>
    public List<Part> System { get; private set; } = [];

    public List<Turn> Turns { get; private set; } = [];

    public List<Tool> Tools { get; private set; } = [];

    public ToolChoice? ToolChoice { get; set; }

    public bool? ParallelToolCalls { get; set; }

    public Sampling Sampling { get; set; } = Sampling.None;

    public ResponseFormat? Format { get; set; }

    public ReasoningAsk? Reasoning { get; set; }

    /// <summary>"low", "medium" or "high": how wordy the answer should be.</summary>
    public string? Verbosity { get; set; }

    /// <summary>The end user's opaque id (chat and Responses user or safety_identifier, Messages metadata.user_id).</summary>
    public JsonText User { get; set; }

    /// <summary>Free key-value pairs of the caller (a JSON object), without the user id.</summary>
    public RawJson Metadata { get; set; }

    /// <summary>The source's word: auto, default, flex, priority, standard_only, ...</summary>
    public string? ServiceTier { get; set; }

    /// <summary>Cache breakpoint for the whole request (Messages top-level cache_control).</summary>
    public CacheControl? Cache { get; set; }

    public JsonText PromptCacheKey { get; set; }

    /// <summary>Whether the provider may keep the answer.</summary>
    public bool? Store { get; set; }

    /// <summary>The caller wants encrypted reasoning back (Responses include).</summary>
    public bool IncludeEncryptedReasoning { get; set; }

    /// <summary>Members the hub has no slot for; a writer carries those its dialect knows by the same name, the rest are losses.</summary>
    public List<ExtraMember> Extra { get; private set; } = [];

    /// <summary>Where the body has what the answer repeats; null in dialects whose answers repeat nothing.</summary>
    public GivenMembers? Given { get; set; }

    /// <summary>What reading already lost.</summary>
    public Losses Losses { get; } = new();

    /// <summary>
    /// A copy whose members and lists may be changed: another candidate may need them as they were.
    /// Turns and parts are shared.
    /// </summary>
    public ChatRequest Copy()
    {
        var copy = (ChatRequest)MemberwiseClone();
        copy.System = [.. System];
        copy.Turns = [.. Turns];
        copy.Tools = [.. Tools];
        copy.Extra = [.. Extra];
        return copy;
    }
}

/// <summary>A top-level member of a request that the hub has no slot for.</summary>
internal readonly record struct ExtraMember(string Name, RawJson Value);

/// <summary>Whose turn it is.</summary>
internal enum Role
{
    User,
    Assistant,

    /// <summary>Instructions in the middle of the conversation (chat system/developer, Messages role "system").</summary>
    System,
}

/// <summary>One turn of the conversation. Tool results stand in a user's turn.</summary>
/// <param name="role">Whose turn it is.</param>
/// <param name="parts">How many parts will come, as far as is known: most turns have one.</param>
internal sealed class Turn(Role role, int parts = 1)
{
    public Role Role { get; } = role;

    public List<Part> Parts { get; } = new(parts);

    /// <summary>The participant's name where the dialect has one.</summary>
    public JsonText Name { get; init; }
}

/// <summary>A cache breakpoint after the part it stands on.</summary>
/// <param name="Ttl">"5m", "1h", or null for the provider's default.</param>
internal sealed record CacheControl(string? Ttl);
