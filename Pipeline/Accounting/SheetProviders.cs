namespace BifrostLite.Pipeline.Accounting;

/// <summary>The sheet's names of providers and models, and this gateway's.</summary>
internal static class SheetProviders
{
    private static readonly (string Theirs, string Ours)[] Names =
    [
        ("bedrock_converse", "bedrock"), ("azure_ai", "azure"), ("azure_text", "azure"), ("text-completion-openai", "openai"),
        ("fireworks_ai", "fireworks"), ("fireworks_ai-embedding-models", "fireworks"), ("cohere_chat", "cohere"), ("together_ai", "together"),
        ("codestral", "mistral"), ("text-completion-codestral", "mistral"), ("sagemaker", "bedrock"),
    ];

    public static string Ours(string theirs)
    {
        foreach (var (name, ours) in Names)
        {
            if (name == theirs)
            {
                return ours;
            }
        }

        return theirs.StartsWith("vertex_ai", StringComparison.Ordinal) ? "vertex" : theirs;
    }

    /// <summary>A sheet's key without the provider before it: groq/openai/gpt-oss-120b is openai/gpt-oss-120b at groq.</summary>
    public static string ModelName(string key, string theirs)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
        {
            return key;
        }

        var prefix = key[..slash];
        return prefix == theirs || Ours(prefix) == Ours(theirs) ? key[(slash + 1)..] : key;
    }

    /// <summary>Whose prices count where a provider has none of its own for a model: it sells the same models on.</summary>
    public static string[] Relatives(string provider) => provider switch
    {
        "azure" => ["openai"],
        "vertex" => ["gemini", "anthropic"],
        "gemini" => ["vertex"],
        "bedrock_mantle" => ["bedrock"],
        _ => [],
    };
}
