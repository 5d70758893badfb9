namespace BifrostLite.Providers;

/// <summary>How a provider wants its credential.</summary>
internal enum AuthKind
{
    None,
    Bearer,

    /// <summary>A bearer token, and the same as x-api-key where Messages is spoken.</summary>
    Compatible,
    Anthropic,
    Google,
    Azure,
    Aws,
    AwsMantle,
    Vertex,
}

/// <summary>One built-in provider: data, no code. What its models can do is in <see cref="ModelFacts"/>.</summary>
/// <param name="Name">As written before the slash in "provider/model".</param>
/// <param name="BaseUrl">Default address; empty where network_config or the key must give it.</param>
/// <param name="Auth">Kind of credential.</param>
/// <param name="Routes">What it can be asked, the preferred dialect first.</param>
internal sealed record CatalogRow(string Name, string BaseUrl, AuthKind Auth, IReadOnlyList<ProviderRoute> Routes)
{
    /// <summary>See <see cref="Provider.Serves"/>.</summary>
    public Func<string, string, bool>? Serves { get; init; }

    /// <summary>Headers to send where neither the configuration nor the caller gives them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> DefaultHeaders { get; init; } = [];

    /// <summary>See <see cref="Provider.HoldsResponses"/>; only where the vendor documents it.</summary>
    public bool HoldsResponses { get; init; }

    /// <summary>Takes stream_options.include_usage on chat streams.</summary>
    public bool TakesStreamOptions { get; init; } = true;

    /// <summary>See <see cref="Provider.SendsNullUsage"/>.</summary>
    public bool SendsNullUsage { get; init; }

    /// <summary>Chat: knows the newer name max_completion_tokens for every model.</summary>
    public bool TakesMaxCompletionTokens { get; init; }

    /// <summary>Chat: knows reasoning_effort (or ignores it) for models nothing else is known of.</summary>
    public bool TakesReasoningEffort { get; init; } = true;

    /// <summary>See <see cref="Schemas.Hub.TargetModel.WantsReasoningBack"/>.</summary>
    public bool WantsReasoningBack { get; init; }

    /// <summary>Chat: response_format json_schema.</summary>
    public bool TakesSchemaFormat { get; init; } = true;

    /// <summary>Chat: image parts by URL; else only data URLs.</summary>
    public bool TakesMediaUrls { get; init; } = true;

    /// <summary>Chat: system turns after the first user turn.</summary>
    public bool TakesMidSystem { get; init; }

    /// <summary>Cache breakpoints on content parts.</summary>
    public bool TakesCacheControl { get; init; }
}
