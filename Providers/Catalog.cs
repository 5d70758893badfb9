using System.Collections.Frozen;

namespace BifrostLite.Providers;

/// <summary>
/// Every provider that is built in: one row each. A vendor that speaks Chat Completions is a row and nothing else.
/// Dialects beyond chat stand only where the vendor documents them.
/// </summary>
internal static class Catalog
{
    public static readonly IReadOnlyList<CatalogRow> Rows =
    [
        new("openai", "https://api.openai.com", AuthKind.Bearer, StandardRoutes.OpenAi())
        {
            TakesMaxCompletionTokens = true,
            TakesMidSystem = true,
            SendsNullUsage = true,
            HoldsResponses = true,
        },
        new("anthropic", "https://api.anthropic.com", AuthKind.Anthropic, StandardRoutes.Anthropic()) { TakesCacheControl = true },
        new("bedrock", "https://bedrock-runtime.{region}.amazonaws.com", AuthKind.Aws, StandardRoutes.Bedrock()),
        new("bedrock_mantle", "https://bedrock-mantle.{region}.api.aws", AuthKind.AwsMantle, StandardRoutes.Mantle()) { Serves = ServedBy.Maker },
        new("azure", "", AuthKind.Azure, StandardRoutes.Azure()) { TakesMaxCompletionTokens = true, TakesMidSystem = true, HoldsResponses = true },
        new("vertex", "https://{region}-aiplatform.googleapis.com", AuthKind.Vertex, StandardRoutes.Vertex()) { Serves = ServedBy.Publisher },
        new("gemini", "https://generativelanguage.googleapis.com", AuthKind.Google, StandardRoutes.Gemini()),

        // Mistral answers 422 to members it does not know, and sends usage without being asked.
        new("mistral", "https://api.mistral.ai", AuthKind.Bearer, StandardRoutes.Compatible()) { TakesStreamOptions = false, TakesReasoningEffort = false },
        new("groq", "https://api.groq.com/openai", AuthKind.Bearer, [.. StandardRoutes.ChatOnly(), StandardRoutes.Responses()])
        {
            TakesMaxCompletionTokens = true,
            TakesMidSystem = true,
        },
        new(
            "openrouter",
            "https://openrouter.ai/api",
            AuthKind.Compatible,
            [.. StandardRoutes.Compatible(), StandardRoutes.Responses(), StandardRoutes.Messages()])
        {
            TakesMidSystem = true,
            TakesCacheControl = true,
        },

        // Only json_object: https://api-docs.deepseek.com/guides/json_mode. "Missing `reasoning_content` field in the assistant
        // message": https://api-docs.deepseek.com/guides/thinking_mode#tool-calls
        new("deepseek", "https://api.deepseek.com", AuthKind.Compatible, [.. StandardRoutes.ChatOnly(), StandardRoutes.Messages("/anthropic/v1")])
        {
            TakesSchemaFormat = false,
            TakesMidSystem = true,
            WantsReasoningBack = true,
        },

        // Calls its own chat path legacy: https://docs.x.ai/developers/model-capabilities/text/comparison
        new("xai", "https://api.x.ai", AuthKind.Bearer, [StandardRoutes.Responses(), .. StandardRoutes.Compatible()])
        {
            TakesMidSystem = true,
            HoldsResponses = true, // for 30 days: https://docs.x.ai/developers/model-capabilities/text/generate-text
        },
        new("cerebras", "https://api.cerebras.ai", AuthKind.Bearer, StandardRoutes.ChatOnly()) { TakesMaxCompletionTokens = true },
        new("cohere", "https://api.cohere.ai/compatibility", AuthKind.Bearer, StandardRoutes.Compatible()),

        // Its Agent API is Responses; the older chat path has no version: https://docs.perplexity.ai/docs/sonar/openai-compatibility
        new("perplexity", "https://api.perplexity.ai", AuthKind.Bearer, [StandardRoutes.Responses(), .. StandardRoutes.ChatOnly("")])
        {
            TakesStreamOptions = false,
        },
        new(
            "fireworks",
            "https://api.fireworks.ai/inference",
            AuthKind.Compatible,
            [.. StandardRoutes.Compatible(), StandardRoutes.Responses(), StandardRoutes.Messages()]),
        new("together", "https://api.together.xyz", AuthKind.Bearer, StandardRoutes.Compatible()),
        new("nebius", "https://api.tokenfactory.nebius.com", AuthKind.Bearer, StandardRoutes.Compatible()),
        new("huggingface", "https://router.huggingface.co", AuthKind.Bearer, [.. StandardRoutes.Compatible(), StandardRoutes.Responses()]),
        new("parasail", "https://api.parasail.io", AuthKind.Bearer, StandardRoutes.Compatible()),
        new("sarvam", "https://api.sarvam.ai", AuthKind.Bearer, StandardRoutes.ChatOnly()),

        // Its address is the customer's own: https://docs.databricks.com/aws/en/machine-learning/model-serving/query-chat-models
        new("databricks", "", AuthKind.Bearer, StandardRoutes.Compatible("/serving-endpoints")),

        // Zen serves each model only in its maker's dialect: https://opencode.ai/docs/zen
        new(
            "opencode-zen",
            "https://opencode.ai/zen",
            AuthKind.Compatible,
            [.. StandardRoutes.ChatOnly(), StandardRoutes.Responses(), StandardRoutes.Messages()])
        {
            Serves = ServedBy.Maker,
        },

        // Answers 400 MissingSessionID without a session; a caller may send a better one by x-bf-eh-x-opencode-session.
        new("opencode-go", "https://opencode.ai/zen/go", AuthKind.Compatible, [.. StandardRoutes.ChatOnly(), StandardRoutes.Messages()])
        {
            DefaultHeaders = [new("x-opencode-session", Guid.NewGuid().ToString("N"))],
        },
        new("wafer", "https://pass.wafer.ai", AuthKind.Compatible, [.. StandardRoutes.ChatOnly(), StandardRoutes.Messages()]),

        // Takes a Copilot token as the key; the editor's headers it asks for go into network_config.extra_headers.
        new(
            "github_copilot",
            "https://api.githubcopilot.com",
            AuthKind.Compatible,
            [StandardRoutes.Responses(""), .. StandardRoutes.Compatible(""), StandardRoutes.Messages(), StandardRoutes.CountMessages()])
        {
            Serves = ServedBy.MakerOrChat,
        },

        // Local servers: their usual ports; no key unless one is configured.
        new(
            "ollama",
            "http://localhost:11434",
            AuthKind.Compatible,
            [.. StandardRoutes.Compatible(), StandardRoutes.Responses(), StandardRoutes.Messages()])
        {
            TakesMediaUrls = false,
        },
        new("vllm", "http://localhost:8000", AuthKind.Compatible, [.. StandardRoutes.Compatible(), StandardRoutes.Responses(), StandardRoutes.Messages()]),
        new("sgl", "http://localhost:30000", AuthKind.Bearer, StandardRoutes.Compatible()),
    ];

    private static readonly FrozenDictionary<string, CatalogRow> ByName = Rows.ToFrozenDictionary(row => row.Name, StringComparer.Ordinal);

    public static CatalogRow? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>For names the configuration takes and nothing is known of: OpenAI-compatible, at the address it gives.</summary>
    public static CatalogRow Unknown(string name) => new(name, "", AuthKind.Bearer, StandardRoutes.Compatible());
}
