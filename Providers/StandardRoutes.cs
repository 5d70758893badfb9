using BifrostLite.Schemas;

namespace BifrostLite.Providers;

/// <summary>The routes of an operation in a dialect, for the rows of the catalogue to put together.</summary>
internal static class StandardRoutes
{
    private const string VertexClaude = "/v1/projects/{project}/locations/{region}/publishers/anthropic/models/{model}";
    private const string VertexModel = "/v1/projects/{project}/locations/{region}/publishers/google/models/{model}";

    /// <summary>What everybody means by OpenAI-compatible.</summary>
    public static IReadOnlyList<ProviderRoute> Compatible(string prefix = "/v1") =>
    [
        new(DialectNames.Chat, Operation.Generate, $"{prefix}/chat/completions"),
        new(DialectNames.Chat, Operation.Embeddings, $"{prefix}/embeddings"),
        new(DialectNames.Chat, Operation.ListModels, $"{prefix}/models"),
    ];

    /// <summary>Chat and models, without embeddings.</summary>
    public static IReadOnlyList<ProviderRoute> ChatOnly(string prefix = "/v1") =>
    [
        new(DialectNames.Chat, Operation.Generate, $"{prefix}/chat/completions"),
        new(DialectNames.Chat, Operation.ListModels, $"{prefix}/models"),
    ];

    public static ProviderRoute Responses(string prefix = "/v1") => new(DialectNames.Responses, Operation.Generate, $"{prefix}/responses");

    public static ProviderRoute Messages(string prefix = "/v1") => new(DialectNames.Messages, Operation.Generate, $"{prefix}/messages");

    public static ProviderRoute CountMessages(string prefix = "/v1") =>
        new(DialectNames.Messages, Operation.CountTokens, $"{prefix}/messages/count_tokens");

    /// <summary>https://platform.openai.com/docs/api-reference: Responses first, because it carries most of a translated request.</summary>
    public static IReadOnlyList<ProviderRoute> OpenAi() =>
    [
        Responses(),
        .. Compatible(),
        new(DialectNames.Responses, Operation.CountTokens, "/v1/responses/input_tokens"),
        new(DialectNames.Responses, Operation.Compact, "/v1/responses/compact"),
    ];

    /// <summary>https://platform.claude.com/docs/en/api/overview</summary>
    public static IReadOnlyList<ProviderRoute> Anthropic() =>
    [
        Messages(),
        CountMessages(),

        // The default page holds 20, the largest 1000.
        new(DialectNames.Messages, Operation.ListModels, "/v1/models?limit=1000"),
    ];

    /// <summary>https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html</summary>
    public static IReadOnlyList<ProviderRoute> Bedrock() =>
    [
        new(DialectNames.Converse, Operation.Generate, "/model/{model}/converse", "/model/{model}/converse-stream"),
        new(DialectNames.Invoke, Operation.Generate, "/model/{model}/invoke", "/model/{model}/invoke-with-response-stream"),

        // Takes a body of either dialect: what reads both comes first, what can be written comes after it.
        new(DialectNames.Invoke, Operation.CountTokens, "/model/{model}/count-tokens"),
        new(DialectNames.Converse, Operation.CountTokens, "/model/{model}/count-tokens"),
    ];

    /// <summary>https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html</summary>
    public static IReadOnlyList<ProviderRoute> Mantle() =>
    [
        Responses(),
        .. ChatOnly(),
        Messages("/anthropic/v1"),
    ];

    /// <summary>The version-less API; keys with a dated api_version get their paths from <see cref="ProviderAddresses"/>.</summary>
    public static IReadOnlyList<ProviderRoute> Azure() =>
    [
        Responses("/openai/v1"),
        .. Compatible("/openai/v1"),
    ];

    /// <summary>
    /// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference and, for Claude, .../partner-models/claude/use-claude:
    /// Messages whose model stands in the path and whose version stands in the body.
    /// </summary>
    public static IReadOnlyList<ProviderRoute> Vertex() =>
    [
        new(DialectNames.GenerateContent, Operation.Generate, VertexModel + ":generateContent", VertexModel + ":streamGenerateContent?alt=sse"),
        new(DialectNames.GenerateContent, Operation.CountTokens, VertexModel + ":countTokens"),
        new(DialectNames.Messages, Operation.Generate, VertexClaude + ":rawPredict", VertexClaude + ":streamRawPredict") { BodyVersion = "vertex-2023-10-16" },
    ];

    /// <summary>
    /// https://ai.google.dev/api/generate-content; embeddings and the model list by its OpenAI-compatible door
    /// (https://ai.google.dev/gemini-api/docs/openai), which answers in the shape callers ask for.
    /// </summary>
    public static IReadOnlyList<ProviderRoute> Gemini() =>
    [
        new(
            DialectNames.GenerateContent,
            Operation.Generate,
            "/v1beta/models/{model}:generateContent",
            "/v1beta/models/{model}:streamGenerateContent?alt=sse"),
        new(DialectNames.GenerateContent, Operation.CountTokens, "/v1beta/models/{model}:countTokens"),
        new(DialectNames.Chat, Operation.Embeddings, "/v1beta/openai/embeddings"),
        new(DialectNames.Chat, Operation.ListModels, "/v1beta/openai/models"),
    ];
}
