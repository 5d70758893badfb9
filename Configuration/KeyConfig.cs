namespace BifrostLite.Configuration;

/// <summary>One credential of a provider.</summary>
internal sealed record KeyConfig
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public Secret Value { get; init; } = new("");

    /// <summary>Models this key may serve; "*" for all, empty for none (version 2).</summary>
    public IReadOnlyList<string> Models { get; init; } = ["*"];

    public IReadOnlyList<string> BlacklistedModels { get; init; } = [];

    public double Weight { get; init; } = 1;

    /// <summary>Caller's model name to the provider's.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>Caller's model name to the one that price sheets know; null where no alias says it.</summary>
    public IReadOnlyDictionary<string, string>? ModelNames { get; init; }

    /// <summary>The key as some models want it (an alias's region, resource or project), by the provider's name of the model; null where none does.</summary>
    public IReadOnlyDictionary<string, KeyConfig>? Variants { get; init; }

    /// <summary>Where the server of this key listens (Ollama, SGLang, vLLM); null where the provider's address holds.</summary>
    public Uri? ServerUrl { get; init; }

    public BedrockKeyConfig? Bedrock { get; init; }

    public AzureKeyConfig? Azure { get; init; }

    public VertexKeyConfig? Vertex { get; init; }

    /// <summary>The key to call a model with.</summary>
    public KeyConfig For(string model) => Variants is null ? this : Variants.GetValueOrDefault(model, this);
}
