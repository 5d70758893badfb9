using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// A hub request as a chat completions body (platform.openai.com/docs/api-reference/chat/create) for any vendor that speaks it:
/// members a vendor may not know are sent only where its abilities or OpenAI's own family allow. The order of members never
/// changes, so that what a vendor cached of a conversation stays valid.
/// </summary>
internal static class ChatCompletionsRequestWriter
{
    /// <summary>"Up to 4 sequences" (platform.openai.com/docs/api-reference/chat/create#chat-create-stop).</summary>
    private const int MaxStops = 4;

    /// <summary>Members of other wires' requests that mean the same here, and those only this wire knows.</summary>
    private static readonly HashSet<string> Shared =
        ["logit_bias", "modalities", "audio", "prediction", "prompt_cache_retention", "response_format", "web_search_options", "moderation"];

    public static void Write(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("model"u8, target.Model);
        json.Name("messages"u8);
        new ChatCompletionsMessageWriter(request, target, output, losses).Write(ref json);
        ChatCompletionsToolWriter.Write(request, target, ref json, losses);
        WriteSampling(request.Sampling, target, ref json, losses);
        WriteFormat(request.Format, target, ref json, losses);
        WriteReasoning(request, target, ref json, losses);
        WriteIdentity(request, target, ref json, losses);
        foreach (var extra in request.Extra)
        {
            if (request.Dialect is DialectNames.Chat or DialectNames.Cursor || Shared.Contains(extra.Name))
            {
                json.Name(JsonText.From(extra.Name).Span);
                json.Raw(extra.Value);
            }
            else
            {
                losses.Add(extra.Name, LossReason.Unknown);
            }
        }

        if (request.Stream)
        {
            json.Member("stream"u8, true);
            json.Member("stream_options"u8, new RawJson("""{"include_usage":true}"""u8.ToArray()));
        }

        json.EndObject();
    }

    private static void WriteSampling(Sampling sampling, TargetModel target, ref JsonEmitter json, Losses losses)
    {
        json.MemberIfKnown(target.TakesMaxCompletionTokens ? "max_completion_tokens"u8 : "max_tokens"u8, sampling.MaxTokens);

        if (target.TakesSampling)
        {
            var isEither = sampling.Temperature is not null && !target.TakesTemperatureWithTopP;
            json.MemberIfKnown("temperature"u8, sampling.Temperature);
            json.MemberIfKnown("top_p"u8, isEither ? null : sampling.TopP);
            losses.AddIf(isEither && sampling.TopP is not null, "top_p", LossReason.Conflict);
        }
        else
        {
            losses.AddIf(sampling.Temperature is not null, "temperature", LossReason.Unsupported);
            losses.AddIf(sampling.TopP is not null, "top_p", LossReason.Unsupported);
        }

        WriteStops(sampling.Stop, ref json, losses);
        json.MemberIfKnown("frequency_penalty"u8, sampling.FrequencyPenalty);
        json.MemberIfKnown("presence_penalty"u8, sampling.PresencePenalty);
        json.MemberIfKnown("seed"u8, sampling.Seed);
        json.MemberIfKnown("logprobs"u8, sampling.Logprobs);

        json.MemberIfKnown("top_logprobs"u8, sampling.TopLogprobs);
        json.MemberIfKnown("n"u8, sampling.Choices > 1 ? sampling.Choices : null);
    }

    private static void WriteStops(IReadOnlyList<JsonText> stops, ref JsonEmitter json, Losses losses)
    {
        if (stops.Count == 0)
        {
            return;
        }

        List<JsonText> kept = [.. stops];
        kept.RemoveAll(static s => s.IsEmpty);
        if (kept.Count > MaxStops)
        {
            losses.Add("stop", LossReason.Clamped);
            kept.RemoveAll(RequestRepair.IsBlank);
            kept = kept[..Math.Min(MaxStops, kept.Count)];
        }

        json.MemberIfKnown("stop"u8, kept);
    }

    private static void WriteFormat(ResponseFormat? format, TargetModel target, ref JsonEmitter json, Losses losses)
    {
        if (format is null or { Kind: FormatKind.Text })
        {
            return;
        }

        json.StartObject("response_format"u8);
        if (format.Kind == FormatKind.JsonObject || !target.TakesSchemaFormat || format.Schema.IsAbsent)
        {
            losses.AddIf(format.Kind == FormatKind.JsonSchema, "response_format.json_schema", LossReason.Unsupported);
            json.Member("type"u8, "json_object"u8);
            json.EndObject();
            return;
        }

        json.Member("type"u8, "json_schema"u8);
        json.StartObject("json_schema"u8);
        json.Member("name"u8, format.Name.IsEmpty ? "answer"u8 : format.Name.Span);
        json.MemberIfKnown("description"u8, format.Description);
        json.MemberIfKnown("strict"u8, format.Strict);
        json.Member("schema"u8, format.Schema);
        json.EndObject();
        json.EndObject();
    }

    private static void WriteReasoning(ChatRequest request, TargetModel target, ref JsonEmitter json, Losses losses)
    {
        losses.AddIf(request.Reasoning is { Show: false, Off: false }, "reasoning.display", LossReason.Unsupported);
        if (request.Reasoning is { Off: true, Effort: null or "none" } off)
        {
            WriteOff(off, target, ref json, losses);
        }
        else if (request.Reasoning is { } ask && EffortOf(ask, request.Sampling.MaxTokens ?? target.MaxOutputTokens, losses) is { } effort)
        {
            if (target.TakesReasoningEffort)
            {
                json.Member("reasoning_effort"u8, effort);
            }
            else
            {
                losses.Add("reasoning_effort", LossReason.Unsupported);
            }
        }

        if (request.Verbosity is { } verbosity)
        {
            if (IsNative(target))
            {
                json.Member("verbosity"u8, verbosity);
            }
            else
            {
                losses.Add("verbosity", LossReason.Unsupported);
            }
        }
    }

    /// <summary>"none" is OpenAI's word, and of its newer models only; other vendors are told so only where the caller used it, too.</summary>
    private static void WriteOff(ReasoningAsk ask, TargetModel target, ref JsonEmitter json, Losses losses)
    {
        if (!target.TakesReasoningEffort)
        {
            return; // nothing to switch off
        }

        var word = IsNative(target) ? target.LeastEffort : ask.Effort;
        if (word is null)
        {
            losses.Add("reasoning", LossReason.Unsupported);
            return;
        }

        json.Member("reasoning_effort"u8, word);
        losses.AddIf(word != "none", "reasoning_effort", LossReason.Clamped);
    }

    /// <summary>The effort's word; null where the vendor's default is meant.</summary>
    private static string? EffortOf(ReasoningAsk ask, long maxTokens, Losses losses)
    {
        if (ask is { Effort: null, Budget: null or < 0 })
        {
            return null;
        }

        switch (ask.Effort)
        {
            case "xhigh" or "max":
                // Few chat vendors know more than high.
                losses.Add("reasoning_effort", LossReason.Clamped);
                return "high";
            case not null:
                return ask.Effort;
        }

        // The inverse of how a budget is made of an effort: a quarter of the limit is low, 60 % medium.
        var share = (ask.Budget!.Value - 1024) / (double)Math.Max(1, maxTokens - 1024);
        return share <= 0.25 ? "low" : share <= 0.6 ? "medium" : "high";
    }

    private static void WriteIdentity(ChatRequest request, TargetModel target, ref JsonEmitter json, Losses losses)
    {
        var isNative = IsNative(target);
        json.MemberIfKnown("user"u8, request.User);
        json.MemberIfKnown("prompt_cache_key"u8, isNative ? request.PromptCacheKey : default);
        losses.AddIf(!request.PromptCacheKey.IsEmpty && !isNative, "prompt_cache_key", LossReason.Unsupported);

        // "metadata is only allowed when store is enabled" (OpenAI's own refusal).
        var isStored = request.Store == true && isNative;
        json.MemberIfKnown("store"u8, isStored ? true : null);
        losses.AddIf(request.Store == true && !isStored, "store", LossReason.Unsupported);
        json.MemberIfKnown("metadata"u8, isStored ? request.Metadata : default);
        losses.AddIf(!request.Metadata.IsAbsent && !isStored, "metadata", LossReason.Unsupported);
        var tier = request.ServiceTier switch
        {
            "standard_only" => "default",
            "auto" => null,
            var word => word,
        };
        json.MemberIfKnown("service_tier"u8, isNative ? tier : null);
        losses.AddIf(tier is not null and not "default" && !isNative, "service_tier", LossReason.Unsupported);
        RequestMembersOf.Lose(request, ChatCompletionsDialect.Cannot, losses);
    }

    /// <summary>Whether the vendor is OpenAI or its like; others refuse members they do not know.</summary>
    private static bool IsNative(TargetModel target) => target.Family == "openai";
}
