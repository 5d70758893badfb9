using BifrostLite.Schemas;

namespace BifrostLite.Providers;

/// <summary>Rules for providers that do not serve every model in every dialect they speak.</summary>
internal static class ServedBy
{
    /// <summary>Claude in Messages, GPT in Responses, everybody else in chat.</summary>
    public static bool Maker(string model, string dialect)
    {
        var isClaude = model.Contains("claude", StringComparison.OrdinalIgnoreCase);
        var isOpenAi = model.Contains("gpt", StringComparison.OrdinalIgnoreCase);
        return dialect switch
        {
            DialectNames.Messages => isClaude,
            DialectNames.Responses => isOpenAi,
            _ => !isClaude && !isOpenAi,
        };
    }

    /// <summary>The same, but chat takes every model.</summary>
    public static bool MakerOrChat(string model, string dialect) => dialect == DialectNames.Chat || Maker(model, dialect);

    /// <summary>Vertex AI: Claude in Messages, Google's own models in theirs.</summary>
    public static bool Publisher(string model, string dialect) =>
        model.Contains("claude", StringComparison.OrdinalIgnoreCase) == (dialect == DialectNames.Messages);
}
