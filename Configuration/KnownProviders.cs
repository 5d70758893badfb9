namespace BifrostLite.Configuration;

/// <summary>Names that may stand under "providers" without custom_provider_config, and whose wire a custom provider may speak.</summary>
internal static class KnownProviders
{
    public const string Demo = "demo";

    public static readonly IReadOnlyList<string> Names =
    [
        "anthropic", "azure", "bedrock", "bedrock_mantle", "cerebras", "cohere", "databricks", "deepgram", "deepseek", "elevenlabs", "fireworks",
        "gemini", "github_copilot", "groq", "huggingface", "mistral", "nebius", "ollama", "openai", "opencode-go", "opencode-zen", "openrouter",
        "parasail", "perplexity", "replicate", "runware", "runway", "sarvam", "sgl", "together", "vertex", "vllm", "wafer", "xai", "zro", Demo,
    ];

    /// <summary>Base types of custom providers: Bifrost documents six; its schema takes any built-in name.</summary>
    public static readonly IReadOnlyList<string> Bases = [.. Names.Where(name => name != Demo)];

    /// <summary>Providers that work without a key: servers on one's own machine, ambient cloud credentials, the demo.</summary>
    public static readonly IReadOnlyList<string> KeyLess = ["ollama", "sgl", "vllm", "azure", "bedrock", "bedrock_mantle", "vertex", Demo];
}
