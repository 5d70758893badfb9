namespace BifrostLite.Schemas.Hub;

/// <summary>
/// What a target demands of a conversation; <see cref="RequestRepair"/> makes one so. Each dialect's request writer holds
/// its own, e.g. <c>RepairRules.Turnwise with { CallIdLength = 64, TakesPrefill = target.TakesPrefill }</c>.
/// </summary>
internal sealed record RepairRules
{
    /// <summary>Keeps turns as they stand; only pairs calls with their results, which every target demands.</summary>
    public static readonly RepairRules Loose = new();

    /// <summary>
    /// User and assistant take turns, text is never blank: Messages ("text content blocks must contain non-whitespace text",
    /// "all messages must have non-empty content", "final assistant content cannot end with trailing whitespace") and
    /// Converse ("The text field in the ContentBlock object ... is blank", "A conversation must start with a user message").
    /// </summary>
    public static readonly RepairRules Turnwise = new()
    {
        MergesTurns = true,
        DropsBlankText = true,
        TrimsLastAssistantText = true,
        StartsWithUser = true,
        CallIdsAreWords = true,
        TakesSystemTurns = false,
    };

    /// <summary>Consecutive turns of one role become one.</summary>
    public bool MergesTurns { get; init; }

    /// <summary>Text parts of white space alone are left out, as are turns that hold nothing else.</summary>
    public bool DropsBlankText { get; init; }

    /// <summary>A tool result without content gets a placeholder (Converse: "content ... cannot be empty when status value is error").</summary>
    public bool FillsEmptyResults { get; init; }

    /// <summary>White space at the end of a last assistant turn is cut off.</summary>
    public bool TrimsLastAssistantText { get; init; }

    /// <summary>The first turn must be a user's; a placeholder is put before an assistant's.</summary>
    public bool StartsWithUser { get; init; }

    /// <summary>An assistant's turn may stand last (<see cref="TargetModel.TakesPrefill"/>); else a user's "Continue." follows it.</summary>
    public bool TakesPrefill { get; init; } = true;

    /// <summary>Turns of the role system are accepted (<see cref="TargetModel.TakesMidSystem"/>); else they become a user's.</summary>
    public bool TakesSystemTurns { get; init; } = true;

    /// <summary>The writer sees to the names of participants itself; else they are lost.</summary>
    public bool TakesNames { get; init; }

    /// <summary>Search results of the caller's keep their source and title apart; else they are text.</summary>
    public bool TakesSearchResults { get; init; }

    /// <summary>Ids of tool calls must match [a-zA-Z0-9_-]+ (Messages, Converse).</summary>
    public bool CallIdsAreWords { get; init; }

    /// <summary>Longest id of a tool call: 64 for Converse (API_runtime_ToolUseBlock) and Responses, 40 for Chat Completions; 0 for any.</summary>
    public int CallIdLength { get; init; }
}
