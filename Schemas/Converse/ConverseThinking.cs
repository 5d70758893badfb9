using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// How a model is asked to reason, and what that leaves of the limit and the sampling. Claude's thinking must fit below
/// maxTokens, starts at 1,024 tokens and takes neither temperature nor top_k, nor a top_p below 0.95
/// (docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html).
/// </summary>
internal sealed record ConverseThinking
{
    public const string Nova = "nova";

    private const long MinBudget = 1024;

    /// <summary>Beyond it a whole answer takes so long that connections break (same page, "budget_tokens").</summary>
    private const long MaxEffortBudget = 32_000;

    private const double MinTopP = 0.95;

    public long? MaxTokens { get; private init; }

    public double? Temperature { get; private init; }

    public double? TopP { get; private init; }

    public long? TopK { get; private init; }

    /// <summary>Claude: thinking with this budget; null for none or an adaptive one.</summary>
    public long? Budget { get; private init; }

    public bool IsAdaptive { get; private init; }

    /// <summary>The effort word, for models that take one.</summary>
    public string? Effort { get; private init; }

    public bool ForbidsForcedTool => Budget is not null || IsAdaptive;

    public static ConverseThinking For(ChatRequest request, TargetModel target, Losses losses)
    {
        var plain = Sampled(request, target, losses);
        // Who only says how reasoning should be shown has not asked for any.
        if (request.Reasoning is not { Off: false } ask || ask.Effort == "none" || ask is { Effort: null, Adaptive: false, Budget: null or 0 })
        {
            return plain;
        }

        return target.Reasoning switch
        {
            ReasoningStyle.Adaptive => Quiet(plain, losses) with { IsAdaptive = true, Effort = EffortOf(ask, plain, target) },
            ReasoningStyle.Budget => Budgeted(plain, ask, target, losses),
            _ => WithEffort(plain, ask, target, losses),
        };
    }

    private static ConverseThinking Sampled(ChatRequest request, TargetModel target, Losses losses)
    {
        var sampling = request.Sampling;
        var most = new ConverseThinking { MaxTokens = sampling.MaxTokens };
        if (!target.TakesSampling)
        {
            Lose(losses, sampling.Temperature, "temperature");
            Lose(losses, sampling.TopP, "top_p");
            Lose(losses, sampling.TopK, "top_k");
            return most;
        }

        var topP = sampling.TopP;
        if (sampling.Temperature is not null && topP is not null && !target.TakesTemperatureWithTopP)
        {
            losses.Add("top_p", LossReason.Conflict);
            topP = null;
        }

        losses.AddIf(sampling.Temperature is > 1, "temperature", LossReason.Clamped);
        return most with { Temperature = sampling.Temperature is { } t ? Math.Min(t, 1) : null, TopP = topP, TopK = sampling.TopK };
    }

    private static ConverseThinking Budgeted(ConverseThinking plain, ReasoningAsk ask, TargetModel target, Losses losses)
    {
        var most = plain.MaxTokens ?? Math.Max(target.MaxOutputTokens, MinBudget * 2);
        if (most <= MinBudget)
        {
            // Both cannot be had; the answer keeps its length and thinking comes on top.
            losses.Add("max_tokens", LossReason.Clamped);
            most += MinBudget;
        }

        var wanted = ask.Budget is > 0 ? ask.Budget.Value : EffortBudget(ask.Effort ?? "high", most);
        var budget = Math.Clamp(wanted, MinBudget, most - 1);
        losses.AddIf(ask.Budget is > 0 && budget != wanted, "reasoning", LossReason.Clamped);
        return Quiet(plain, losses) with { MaxTokens = most, Budget = budget };
    }

    private static ConverseThinking WithEffort(ConverseThinking plain, ReasoningAsk ask, TargetModel target, Losses losses)
    {
        var effort = EffortOf(ask, plain, target);
        if (target.Family == Nova && effort is "high" or "max" or "xhigh")
        {
            // "When maxReasoningEffort is high, temperature, topP and maxTokens must be unset" (Nova 2, extended thinking).
            Lose(losses, plain.MaxTokens, "max_tokens");
            return Quiet(plain, losses) with { MaxTokens = null, TopP = null, Effort = "high" };
        }

        return plain with { Effort = effort };
    }

    /// <summary>Without what thinking refuses.</summary>
    private static ConverseThinking Quiet(ConverseThinking plain, Losses losses)
    {
        Lose(losses, plain.Temperature is 1 ? null : plain.Temperature, "temperature");
        Lose(losses, plain.TopK, "top_k");
        Lose(losses, plain.TopP is < MinTopP ? plain.TopP : null, "top_p");
        return plain with { Temperature = null, TopK = null, TopP = plain.TopP is >= MinTopP ? plain.TopP : null };
    }

    private static long EffortBudget(string effort, long most)
    {
        var share = effort switch
        {
            "minimal" => 0,
            "low" => 0.2,
            "medium" => 0.5,
            "high" => 0.8,
            _ => 0.9,
        };
        return Math.Min(MinBudget + (long)((most - MinBudget) * share), MaxEffortBudget);
    }

    /// <summary>The caller's word in the model's vocabulary; a budget becomes the word whose share it is nearest to.</summary>
    private static string? EffortOf(ReasoningAsk ask, ConverseThinking plain, TargetModel target)
    {
        if (ask.Effort is not null)
        {
            return ask.Effort == "minimal" ? "low" : ask.Effort;
        }

        if (ask.Budget is not > 0)
        {
            return target.Reasoning == ReasoningStyle.Adaptive ? null : "medium";
        }

        var most = plain.MaxTokens ?? target.MaxOutputTokens;
        var share = (double)(ask.Budget.Value - MinBudget) / Math.Max(1, most - MinBudget);
        return share switch
        {
            <= 0.25 => "low",
            <= 0.6 => "medium",
            _ => "high",
        };
    }

    private static void Lose<T>(Losses losses, T? value, string path)
        where T : struct
    {
        if (value is not null)
        {
            losses.Add(path, LossReason.Conflict);
        }
    }
}
