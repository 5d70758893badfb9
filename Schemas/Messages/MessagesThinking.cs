using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// How a model is asked to think, and what that leaves of the token limit, the sampling and the choice of tools
/// (platform.claude.com/docs/en/build-with-claude/thinking, .../extended-thinking, .../adaptive-thinking, .../effort): a budget is at least
/// 1,024 and below max_tokens; with thinking on, temperature must be 1, top_p at least 0.95, and top_k is refused.
/// </summary>
internal sealed record MessagesThinking
{
    private const long MinBudget = 1024;
    private const double MinTopP = 0.95;

    /// <summary>Beyond it answers take so long that networks cut them (extended-thinking, "working with thinking budgets").</summary>
    private const long MaxEffortBudget = 32_000;

    public required long MaxTokens { get; init; }

    /// <summary>enabled, adaptive, the model's word for off, or null to say nothing.</summary>
    public string? Type { get; private init; }

    public long? Budget { get; private init; }

    /// <summary>output_config.effort.</summary>
    public string? Effort { get; private init; }

    /// <summary>summarized, omitted, or null for the model's default.</summary>
    public string? Display { get; private init; }

    public bool IsOn => Type is "enabled" or "adaptive";

    /// <summary>With a budget forced tools are an error; a model that thinks as it likes skips thinking for them.</summary>
    public bool ForbidsForcedTools => Type == "enabled";

    public static MessagesThinking For(ChatRequest request, TargetModel target, Losses losses)
    {
        var plain = new MessagesThinking { MaxTokens = Math.Max(1, request.Sampling.MaxTokens ?? target.MaxOutputTokens) };
        if (request.Reasoning is not { } ask)
        {
            return plain;
        }

        var display = ask.Show is { } show ? (show ? "summarized" : "omitted") : ask.Summary is null ? null : "summarized";
        if (ask.Off || ask.Effort == "none" || (ask.Budget == 0 && ask.Effort is null))
        {
            return Off(plain, ask, target, losses);
        }

        var isLeftOpen = ask is { Adaptive: false, Effort: null, Budget: null };
        if (isLeftOpen && (target.Reasoning != ReasoningStyle.Adaptive || display is null))
        {
            // A wish for summaries alone, or an empty one: the model does as it does by default.
            return plain;
        }

        if (target.Reasoning == ReasoningStyle.Adaptive)
        {
            return plain with { Type = "adaptive", Effort = EffortOf(ask, plain.MaxTokens), Display = display };
        }

        if (IsAmidTools(request, target))
        {
            losses.Add("reasoning", LossReason.Conflict);
            return plain;
        }

        return Budgeted(plain, ask, losses) with { Display = display };
    }

    /// <summary>What of temperature, top_p and top_k may be said.</summary>
    public Sampling Allowed(Sampling sampling, TargetModel target, Losses losses)
    {
        var isRefused = !target.TakesSampling || target.Version == MessagesRequestWriter.VersionWithoutSampling;
        var temperature = sampling.Temperature is { } t ? Clamp(t, losses) : (double?)null;
        var dropsTemperature = isRefused || (IsOn && temperature is not 1);
        var dropsTopP = isRefused || (IsOn && sampling.TopP < MinTopP) || (temperature is not null && !dropsTemperature && !target.TakesTemperatureWithTopP);
        var reason = isRefused ? LossReason.Unsupported : LossReason.Conflict;
        return sampling with
        {
            Temperature = Keep(temperature, dropsTemperature, "temperature", reason, losses),
            TopP = Keep(sampling.TopP, dropsTopP, "top_p", reason, losses),
            TopK = Keep(sampling.TopK, isRefused || IsOn, "top_k", reason, losses),
        };
    }

    private static MessagesThinking Off(MessagesThinking plain, ReasoningAsk ask, TargetModel target, Losses losses)
    {
        // Only where the model thinks by itself there is something to switch off; effort governs more than thinking.
        if (target.Reasoning != ReasoningStyle.Adaptive)
        {
            return plain;
        }

        var effort = ask.Effort is null or "none" ? null : EffortOf(ask, plain.MaxTokens);
        if (target.ThinkingOff.Length > 0)
        {
            return plain with { Type = target.ThinkingOff, Effort = effort };
        }

        losses.Add("reasoning", LossReason.Clamped);
        return plain with { Effort = effort ?? "low" };
    }

    private static MessagesThinking Budgeted(MessagesThinking plain, ReasoningAsk ask, Losses losses)
    {
        var most = plain.MaxTokens;
        if (most <= MinBudget)
        {
            // The caller's limit is meant for what can be read: thinking comes on top of it.
            losses.Add("max_tokens", LossReason.Clamped);
            most += MinBudget;
        }

        var wanted = ask.Budget is > 0 ? ask.Budget.Value : BudgetOf(ask.Effort, most);
        var budget = Math.Clamp(wanted, MinBudget, most - 1);
        losses.AddIf(ask.Budget is > 0 && budget != wanted, "reasoning", LossReason.Clamped);
        return plain with { MaxTokens = most, Type = "enabled", Budget = budget };
    }

    /// <summary>
    /// With a budget, the assistant's turn whose tool results come last must begin with a thinking block ("Expected thinking or
    /// redacted_thinking, but found tool_use"). A history that passed through another dialect may have none to replay.
    /// </summary>
    private static bool IsAmidTools(ChatRequest request, TargetModel target)
    {
        for (var i = request.Turns.Count - 1; i >= 0; i--)
        {
            var parts = request.Turns[i].Parts;
            if (request.Turns[i].Role == Role.Assistant)
            {
                return parts.Exists(static p => p is ToolCallPart) && !IsThoughtOut(request.Turns, i, target);
            }

            if (request.Turns[i].Role == Role.User && !parts.Exists(static p => p is ToolResultPart))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Reasoning may stand in an assistant's turn of its own just before, which is merged with this one.</summary>
    private static bool IsThoughtOut(List<Turn> turns, int at, TargetModel target)
    {
        for (; at >= 0 && turns[at].Role == Role.Assistant; at--)
        {
            if (turns[at].Parts.Exists(p => p is ReasoningPart { State: { } state } && state.IsFor(target, DialectNames.Messages)))
            {
                return true;
            }
        }

        return false;
    }

    private static long BudgetOf(string? effort, long most)
    {
        var share = effort switch
        {
            "minimal" => 0,
            "low" => 0.2,
            "medium" => 0.5,
            "xhigh" or "max" => 0.9,
            _ => 0.8,
        };
        return Math.Min(MinBudget + (long)((most - MinBudget) * share), MaxEffortBudget);
    }

    private static string? EffortOf(ReasoningAsk ask, long most)
    {
        if (ask.Effort is not null)
        {
            return ask.Effort == "minimal" ? "low" : ask.Effort;
        }

        return ask.Budget is not > 0 ? null : ((double)(ask.Budget.Value - MinBudget) / Math.Max(1, most - MinBudget)) switch
        {
            <= 0.25 => "low",
            <= 0.6 => "medium",
            _ => "high",
        };
    }

    private static double Clamp(double temperature, Losses losses)
    {
        losses.AddIf(temperature is < 0 or > 1, "temperature", LossReason.Clamped);
        return Math.Clamp(temperature, 0, 1);
    }

    private static T? Keep<T>(T? value, bool isDropped, string path, string reason, Losses losses)
        where T : struct
    {
        if (value is null || !isDropped)
        {
            return value;
        }

        losses.Add(path, reason);
        return null;
    }
}
