using BifrostLite.Providers.Auth;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers;

/// <summary>
/// What is known of a model by its provider and name, as abilities a request writer asks for. A name nothing is known of
/// gets what its provider's models usually can: better the provider refuses than the gateway drops something for nothing.
/// </summary>
internal static class ModelFacts
{
    private const string Claude = "claude";
    private const string OpenAi = "openai";
    private const string Gemini = "gemini";

    /// <summary>Makers whose names begin a Bedrock model id, "amazon.nova-pro-v1:0" (after an optional "us.", "global.", …).</summary>
    private static readonly string[] BedrockMakers =
        ["amazon", "meta", "mistral", "cohere", "ai21", "deepseek", "openai", "qwen", "writer", "google", "nvidia", "moonshot", "moonshotai", "minimax", "zai", "stability"];

    /// <param name="row">The provider's row, or its base type's for a custom provider.</param>
    /// <param name="provider">The provider's own name.</param>
    /// <param name="model">The provider's name of the model.</param>
    public static TargetModel Of(CatalogRow row, string provider, string model)
    {
        var name = model.ToLowerInvariant();
        return FamilyOf(row, provider, name) switch
        {
            Claude => OfClaude(row, provider, model, name),
            Gemini => OfGemini(row, provider, model, name),
            OpenAi => OfOpenAi(row, provider, model, name),
            var family => Other(row, provider, model, family),
        };
    }

    private static string FamilyOf(CatalogRow row, string provider, string name)
    {
        // Anthropic and Google serve their own family only, whatever else stands in the name.
        if (row.Auth == AuthKind.Anthropic || (name.Contains("claude", StringComparison.Ordinal) && row.Auth != AuthKind.Google))
        {
            return Claude;
        }

        if (row.Auth == AuthKind.Google || (name.Contains("gemini", StringComparison.Ordinal) && row.Auth is not (AuthKind.Aws or AuthKind.AwsMantle)))
        {
            return Gemini;
        }

        return row.Auth switch
        {
            AuthKind.Vertex => Gemini,
            AuthKind.Aws or AuthKind.AwsMantle => BedrockFamily(name),
            AuthKind.Azure => OpenAi,
            _ => row.Name == OpenAi && provider == OpenAi || IsOpenAiName(name) ? OpenAi : provider,
        };
    }

    private static string BedrockFamily(string name)
    {
        foreach (var part in name.Split('.', '/', ':'))
        {
            if (Array.IndexOf(BedrockMakers, part) >= 0)
            {
                return part == "amazon" ? "nova" : part == OpenAi ? "gpt-oss" : part;
            }
        }

        return Claude;
    }

    /// <summary>https://platform.claude.com/docs/en/about-claude/models/overview and the migration guides of 4.6, 4.7, 4.8 and 5.</summary>
    private static TargetModel OfClaude(CatalogRow row, string provider, string model, string name)
    {
        var version = name.Contains("claude", StringComparison.Ordinal) ? ClaudeVersion.Of(name) : default;
        var isNamedOnly = name.Contains("mythos", StringComparison.Ordinal) || name.Contains("fable", StringComparison.Ordinal);
        var isAdaptive = version.IsAtLeast(4, 6) || isNamedOnly;
        var refusesSampling = version.IsAtLeast(4, 7) || isNamedOnly;
        // platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5 ("also apply on Claude Fable 5.1") and .../sonnet-5-5/...
        var isNewest = version.IsAtLeast(5, 5) || (version.IsAtLeast(5, 1) && isNamedOnly);
        var speaksChat = row.Auth is AuthKind.Bearer or AuthKind.Compatible;
        return new TargetModel(provider, model, Claude)
        {
            // Its answers' usage with one small tool, less that tool: 330 to 350 up to 4.0, about 500 since 4.5.
            ToolPromptTokens = version.IsAtLeast(4, 5) || isNamedOnly ? 500 : 340,
            StateIsPortable = true,
            MaxOutputTokens = ClaudeOutput(version, isNamedOnly, name),
            Reasoning = isAdaptive ? ReasoningStyle.Adaptive : ReasoningStyle.Budget,
            TakesSampling = !refusesSampling,
            TakesTemperatureWithTopP = !version.IsAtLeast(4, 5) && !(version.IsAtLeast(4, 1) && name.Contains("opus", StringComparison.Ordinal)),
            TakesForcedTools = !isNewest,
            ThinkingOff = !isNewest ? "disabled" : name.Contains("sonnet", StringComparison.Ordinal) ? "between_tools" : "",
            TakesPrefill = !isAdaptive,
            TakesMidSystem = speaksChat ? row.TakesMidSystem : version.IsAtLeast(4, 8) || isNamedOnly,

            // Bedrock has it since 4.5 (docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html).
            TakesSchemaFormat = !version.IsKnown || version.IsAtLeast(4, 5)
                || (version.IsAtLeast(4, 1) && name.Contains("opus", StringComparison.Ordinal) && row.Auth != AuthKind.Aws),
            TakesMediaUrls = row.Auth is not (AuthKind.Aws or AuthKind.Vertex),
            TakesCacheControl = !speaksChat || row.TakesCacheControl,
            Version = row.Auth switch
            {
                AuthKind.Anthropic => AnthropicAuth.DefaultVersion,
                AuthKind.Vertex => "vertex-2023-10-16",
                AuthKind.Aws => "bedrock-2023-05-31",
                _ => "",
            },
        };
    }

    private static long ClaudeOutput(ClaudeVersion version, bool isNamedOnly, string name) => version switch
    {
        _ when isNamedOnly => 128_000,
        { IsKnown: false } => 4096,
        _ when version.IsAtLeast(4, 6) => 128_000,
        _ when version.IsAtLeast(4, 5) => 64_000,
        _ when version.IsAtLeast(4, 0) => name.Contains("opus", StringComparison.Ordinal) ? 32_000 : 64_000,
        _ when version.IsAtLeast(3, 7) => 64_000,
        _ when version.IsAtLeast(3, 5) => 8192,
        _ => 4096,
    };

    /// <summary>https://ai.google.dev/gemini-api/docs/thinking and /docs/models.</summary>
    private static TargetModel OfGemini(CatalogRow row, string provider, string model, string name)
    {
        var isOld = name.Contains("gemini-1", StringComparison.Ordinal) || name.Contains("gemini-2", StringComparison.Ordinal);
        var version = name.IndexOf("gemini-", StringComparison.Ordinal) is >= 0 and var at ? name.AsSpan(at + "gemini-".Length) : default;
        var isNew = !isOld && !version.IsEmpty && char.IsAsciiDigit(version[0]);
        var isSmall = name.Contains("gemini-1", StringComparison.Ordinal) || name.Contains("gemini-2.0", StringComparison.Ordinal);
        return new TargetModel(provider, model, Gemini)
        {
            MaxOutputTokens = isSmall ? 8192 : 65_536,
            Reasoning = isNew ? ReasoningStyle.Level : ReasoningStyle.Budget,
            TakesCacheControl = row.TakesCacheControl,
            TakesMidSystem = row.TakesMidSystem,

            WrapsCountedRequest = row.Auth != AuthKind.Vertex,

            // fileData wants a file uri of Google's own; a page of the web is refused by most models.
            TakesMediaUrls = row.Auth is AuthKind.Bearer or AuthKind.Compatible,
        };
    }

    /// <summary>https://platform.openai.com/docs/models and /docs/guides/reasoning.</summary>
    private static TargetModel OfOpenAi(CatalogRow row, string provider, string model, string name)
    {
        var isReal = row.Name is OpenAi or "azure" && provider == row.Name;
        var isReasoning = IsReasoningName(name);
        var isPlain = !isReasoning && IsOpenAiName(name);
        return new TargetModel(provider, model, OpenAi)
        {
            MaxOutputTokens = isReasoning ? (name.Contains("gpt-", StringComparison.Ordinal) ? 128_000 : 100_000)
                : name.Contains("gpt-4.1", StringComparison.Ordinal) ? 32_768
                : isPlain ? 16_384
                : 4096,
            Reasoning = ReasoningStyle.Effort,
            TakesMaxCompletionTokens = isReal || isReasoning || row.TakesMaxCompletionTokens,
            TakesDeveloperRole = isReal,
            TakesSampling = !isReasoning,
            TakesReasoningEffort = !isPlain,
            LeastEffort = LeastEffort(name),

            // "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16"
            MinOutputTokens = isReasoning || isPlain ? 16 : 1,
            TakesMidSystem = row.TakesMidSystem,
            TakesSchemaFormat = row.TakesSchemaFormat,
            TakesMediaUrls = row.TakesMediaUrls,
            TakesCustomTools = isReal,
            TakesCacheControl = row.TakesCacheControl,
        };
    }

    private static TargetModel Other(CatalogRow row, string provider, string model, string family) => new(provider, model, family)
    {
        // No forced tool either: "This model doesn't support the toolConfig.toolChoice.any field" (…/APIReference/API_runtime_ToolChoice.html).
        TakesForcedTools = !(row.Auth is AuthKind.Aws && family is "meta" or "cohere" or "ai21"),
        TakesMaxCompletionTokens = row.TakesMaxCompletionTokens,
        TakesReasoningEffort = row.TakesReasoningEffort,
        TakesSchemaFormat = row.TakesSchemaFormat && !(row.Auth is AuthKind.Aws && family is "nova" or "meta" or "cohere" or "ai21"),
        TakesMediaUrls = row.TakesMediaUrls && row.Auth is not AuthKind.Aws,
        TakesMidSystem = row.TakesMidSystem,
        TakesCacheControl = row.Auth is AuthKind.Aws ? family == "nova" : row.TakesCacheControl,
        TakesPrefill = row.Auth is not AuthKind.Aws,
        WantsReasoningBack = row.WantsReasoningBack,
    };

    private static bool IsOpenAiName(string name)
    {
        var last = name[(name.LastIndexOf('/') + 1)..];
        return (last.StartsWith("gpt-", StringComparison.Ordinal) && !last.StartsWith("gpt-oss", StringComparison.Ordinal))
            || last.StartsWith("chatgpt-", StringComparison.Ordinal)
            || last.StartsWith("codex-", StringComparison.Ordinal)
            || IsReasoningName(name);
    }

    /// <summary>Effort "none" came with gpt-5.1, "minimal" with gpt-5 (platform.openai.com/docs/guides/reasoning).</summary>
    private static string LeastEffort(string name)
    {
        var last = name[(name.LastIndexOf('/') + 1)..];
        var isFirstFive = last == "gpt-5" || last.StartsWith("gpt-5-", StringComparison.Ordinal);
        var isO = IsReasoningName(name) && last[0] == 'o';
        return isO || last.Contains("codex", StringComparison.Ordinal) ? "low" : isFirstFive ? "minimal" : "none";
    }

    /// <summary>o1, o3-mini, o4-mini, gpt-5 and later, but not gpt-5-chat: those refuse temperature and top_p.</summary>
    private static bool IsReasoningName(string name)
    {
        var last = name[(name.LastIndexOf('/') + 1)..];
        if (last.Length >= 2 && last[0] == 'o' && char.IsAsciiDigit(last[1]))
        {
            return true;
        }

        var isGpt = last.StartsWith("gpt-", StringComparison.Ordinal) && last.Length > 4 && char.IsAsciiDigit(last[4]);
        return isGpt && last[4] >= '5' && !last.Contains("chat", StringComparison.Ordinal);
    }
}
