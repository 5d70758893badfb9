using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Writes generationConfig (ai.google.dev/api/generate-content#GenerationConfig).</summary>
internal sealed class GenerateContentConfigWriter(ChatRequest request, TargetModel target, Losses losses)
{
    /// <summary>2.5 Pro cannot stop thinking and refuses less (ai.google.dev/gemini-api/docs/thinking, "thinking budget").</summary>
    private const long LeastProBudget = 128;

    /// <summary>stopSequences takes up to five (same reference).</summary>
    private const int MaxStops = 5;

    private const long MaxTopLogprobs = 20;

    public void Write(ref JsonEmitter json)
    {
        json.StartObject("generationConfig"u8);
        var sampling = request.Sampling;
        json.MemberIfKnown("maxOutputTokens"u8, sampling.MaxTokens);
        json.MemberIfKnown("temperature"u8, sampling.Temperature);
        json.MemberIfKnown("topP"u8, sampling.TopP);
        json.MemberIfKnown("topK"u8, sampling.TopK);
        json.MemberIfKnown("frequencyPenalty"u8, sampling.FrequencyPenalty);
        json.MemberIfKnown("presencePenalty"u8, sampling.PresencePenalty);
        json.MemberIfKnown("seed"u8, sampling.Seed);
        json.MemberIfKnown("candidateCount"u8, sampling.Choices is > 1 ? sampling.Choices : null);
        WriteStops(ref json);
        WriteLogprobs(ref json);
        WriteFormat(ref json);
        WriteThinking(ref json);
        GenerateContentModalities.Write(request.Extra, ref json, losses);
        json.EndObject();
    }

    private void WriteStops(ref JsonEmitter json)
    {
        var written = 0;
        foreach (var stop in request.Sampling.Stop)
        {
            if (stop.IsEmpty || written == MaxStops)
            {
                continue;
            }

            if (written++ == 0)
            {
                json.StartArray("stopSequences"u8);
            }

            json.Escaped(stop);
        }

        if (written > 0)
        {
            json.EndArray();
        }

        losses.AddIf(written < request.Sampling.Stop.Count, "stop", LossReason.Clamped);
    }

    private void WriteLogprobs(ref JsonEmitter json)
    {
        if (request.Sampling.Logprobs != true)
        {
            return;
        }

        json.Member("responseLogprobs"u8, true);
        if (request.Sampling.TopLogprobs is { } top and > 0)
        {
            json.Member("logprobs"u8, Math.Min(top, MaxTopLogprobs));
        }
    }

    private void WriteFormat(ref JsonEmitter json)
    {
        if (request.Format is not { Kind: not FormatKind.Text } format)
        {
            return;
        }

        json.Member("responseMimeType"u8, "application/json"u8);
        losses.AddIf(!format.Description.IsEmpty, "response_format.description", LossReason.Unsupported);

        if (format is { Kind: FormatKind.JsonSchema, Schema.IsObject: true })
        {
            json.Member("responseJsonSchema"u8, format.Schema);
        }
    }

    private void WriteThinking(ref JsonEmitter json)
    {
        if (request.Reasoning is not { } ask)
        {
            return;
        }

        var isOff = ask.Off || ask.Effort == "none" || (ask.Effort is null && ask.Budget == 0);
        json.StartObject("thinkingConfig"u8);
        if (!isOff && ask.Show != false)
        {
            json.Member("includeThoughts"u8, true);
        }

        if (target.Reasoning == ReasoningStyle.Budget)
        {
            json.Member("thinkingBudget"u8, isOff ? OffBudget() : Budget(ask));
        }
        else if (Level(ask, isOff) is { } level)
        {
            json.Member("thinkingLevel"u8, level);
        }

        json.EndObject();
    }

    private long OffBudget()
    {
        if (!target.Model.Contains("-pro", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        losses.Add("reasoning", LossReason.Clamped);
        return LeastProBudget;
    }

    /// <summary>Budgets for effort words as Google's own OpenAI endpoint maps them (ai.google.dev/gemini-api/docs/openai, "thinking"); -1 leaves it to the model.</summary>
    private static long Budget(ReasoningAsk ask) => ask switch
    {
        { Budget: not null } => ask.Budget.Value,
        { Effort: "minimal" or "low" } => 1024,
        { Effort: "medium" } => 8192,
        { Effort: null } => -1,
        _ => 24_576,
    };

    /// <summary>Gemini 3 always thinks: low is the least every model of it takes.</summary>
    private string? Level(ReasoningAsk ask, bool isOff)
    {
        if (isOff)
        {
            losses.Add("reasoning", LossReason.Clamped);
            return "low";
        }

        return ask switch
        {
            { Effort: "minimal" or "low" } => "low",
            { Effort: "medium" } => "medium",
            { Effort: not null } => "high",
            { Budget: > 8192 } => "high",
            { Budget: > 2048 } => "medium",
            { Budget: > 0 } => "low",
            _ => null,
        };
    }
}
