using System.Buffers;
using System.Security.Cryptography;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// A hub request as a Responses body (platform.openai.com/docs/api-reference/responses/create). Members come in a fixed
/// order and what repeats from turn to turn comes out the same, so that prompt caches hold. The provider is asked to keep
/// nothing unless the caller says otherwise: reasoning then travels encrypted (include reasoning.encrypted_content).
/// </summary>
internal static class ResponsesRequestWriter
{
    /// <summary>Longest safety_identifier, user and prompt_cache_key.</summary>
    private const int MaxIdentifier = 64;

    /// <summary>Members without a slot in the hub that a caller of this very shape may give.</summary>
    private static readonly HashSet<string> Carried =
    [
        "truncation", "previous_response_id", "conversation", "background", "prompt", "max_tool_calls", "client_metadata",
        "prompt_cache_retention", "prompt_cache_options", "moderation", "context_management", "safety_identifier",
    ];

    public static void Write(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
    {
        var scope = new ResponsesWriteScope(request, target, losses);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("model"u8, target.Model);
        WriteInstructions(scope, ref json);
        ResponsesItemWriter.Write(scope, ref json);
        ResponsesToolWriter.Write(scope, ref json);
        WriteSampling(scope, ref json);
        WriteReasoning(scope, ref json);
        WriteText(scope, ref json);
        WriteState(scope, ref json);
        WriteIdentity(scope, ref json);
        WriteExtra(scope, ref json);
        json.EndObject();
    }

    private static void WriteInstructions(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        var texts = new List<JsonText>();
        foreach (var part in scope.Request.System)
        {
            if (part is TextPart { Text.IsEmpty: false } text)
            {
                texts.Add(text.Text);
                scope.NoteCache(part);
            }
            else if (part is not TextPart)
            {
                scope.Losses.Add(part.Path, LossReason.Unsupported);
            }
        }

        if (texts.Count > 0)
        {
            json.Member("instructions"u8, ResponsesWriteScope.Join(texts));
        }
    }

    private static void WriteSampling(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        var sampling = scope.Request.Sampling;
        if (sampling.MaxTokens is { } max)
        {
            json.Member("max_output_tokens"u8, Math.Max(max, scope.Target.MinOutputTokens));
            scope.LoseIf(max < scope.Target.MinOutputTokens, "max_tokens", LossReason.Clamped);
        }

        if (scope.Target.TakesSampling)
        {
            json.MemberIfKnown("temperature"u8, sampling.Temperature);
            json.MemberIfKnown("top_p"u8, sampling.TopP);
        }

        scope.LoseIf(!scope.Target.TakesSampling && sampling.Temperature is not null, "temperature", LossReason.Unsupported);
        scope.LoseIf(!scope.Target.TakesSampling && sampling.TopP is not null, "top_p", LossReason.Unsupported);
        if (sampling.TopLogprobs is { } top)
        {
            json.Member("top_logprobs"u8, (long)top);
        }

        RequestMembersOf.Lose(scope.Request, ResponsesDialect.Cannot, scope.Losses);
    }

    private static void WriteReasoning(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        if (scope.Request.Reasoning is not { } ask)
        {
            return;
        }

        var effort = ResponsesEffort.Of(ask, scope);
        var summary = ask.Off ? null : ask.Summary ?? (ask.Show ?? WantsThoughts(ask) ? "auto" : null);
        if (!scope.Target.TakesReasoningEffort)
        {
            scope.LoseIf(!ask.Off, "reasoning", LossReason.Unsupported);
        }
        else if (effort is not null || summary is not null)
        {
            json.StartObject("reasoning"u8);
            if (effort is not null)
            {
                json.Member("effort"u8, effort);
            }

            if (summary is not null)
            {
                json.Member("summary"u8, summary);
            }

            json.EndObject();
        }
    }

    /// <summary>Who asks for thinking by budget or by type wants to see it; an effort alone says nothing of that.</summary>
    private static bool WantsThoughts(ReasoningAsk ask) => ask.Budget is not null || ask.Adaptive;

    private static void WriteText(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        var (format, verbosity) = (scope.Request.Format, scope.Request.Verbosity);
        if (format is null or { Kind: FormatKind.Text } && verbosity is null)
        {
            return;
        }

        json.StartObject("text"u8);
        if (format is { Kind: FormatKind.JsonObject })
        {
            json.StartObject("format"u8);
            json.Member("type"u8, "json_object"u8);
            json.EndObject();
        }
        else if (format is { Kind: FormatKind.JsonSchema })
        {
            WriteSchema(format, ref json);
        }

        if (verbosity is not null)
        {
            json.Member("verbosity"u8, verbosity);
        }

        json.EndObject();
    }

    private static void WriteSchema(ResponseFormat format, ref JsonEmitter json)
    {
        json.StartObject("format"u8);
        json.Member("type"u8, "json_schema"u8);
        json.Member("name"u8, format.Name.IsEmpty ? "response"u8 : format.Name.Span); // required here, optional elsewhere
        json.MemberIfKnown("description"u8, format.Description);
        json.Member("schema"u8, format.Schema.IsAbsent ? RawJson.EmptyObject : format.Schema);
        json.MemberIfKnown("strict"u8, format.Strict);
        json.EndObject();
    }

    private static void WriteState(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        var request = scope.Request;
        var store = request.Store ?? false;
        json.Member("store"u8, store);

        // Models that do not reason refuse the encrypted reasoning.
        var wantsState = request.IncludeEncryptedReasoning || (!store && scope.Target.TakesReasoningEffort);
        WriteInclude(request, wantsState, ref json);
        if (request.Stream)
        {
            json.Member("stream"u8, true);
        }
    }

    private static void WriteInclude(ChatRequest request, bool wantsState, ref JsonEmitter json)
    {
        var other = request.Extra.Find(static e => e.Name == "include").Value;
        if (!other.IsAbsent)
        {
            json.Member("include"u8, other);
            return;
        }

        if (!wantsState && request.Sampling.Logprobs != true)
        {
            return;
        }

        json.StartArray("include"u8);
        if (wantsState)
        {
            json.Escaped("reasoning.encrypted_content"u8);
        }

        if (request.Sampling.Logprobs == true)
        {
            json.Escaped("message.output_text.logprobs"u8);
        }

        json.EndArray();
    }

    private static void WriteIdentity(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        var request = scope.Request;
        json.MemberIfKnown("metadata"u8, request.Metadata);

        var user = Identifier(request.User);
        if (!user.IsEmpty)
        {
            json.Member("user"u8, user);
            scope.LoseIf(!user.Equals(request.User), "user", LossReason.Repaired);
        }

        if (request.ServiceTier is { } tier)
        {
            json.Member("service_tier"u8, tier == "standard_only" ? "default" : tier);
        }

        // The cache works by itself; the key sends calls that share a prefix to the same machine.
        var key = request.PromptCacheKey.IsEmpty && scope.HasCache ? user : Identifier(request.PromptCacheKey);
        json.MemberIfKnown("prompt_cache_key"u8, key);

        scope.LoseIf(scope.HasCache, "cache_control", key.IsEmpty ? LossReason.Unsupported : LossReason.Moved);
    }

    /// <summary>Longer identifiers are refused: their hash serves as well.</summary>
    private static JsonText Identifier(JsonText given) =>
        given.Span.Length <= MaxIdentifier ? given : JsonText.From(Convert.ToHexStringLower(SHA256.HashData(given.Span)));

    private static void WriteExtra(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        foreach (var extra in scope.Request.Extra)
        {
            if (extra.Name == "include")
            {
                continue;
            }

            if (Carried.Contains(extra.Name) && (scope.IsOwnShape || extra.Name != "context_management"))
            {
                json.Name(System.Text.Encoding.ASCII.GetBytes(extra.Name));
                json.Raw(extra.Value);
            }
            else
            {
                scope.Losses.Add(extra.Name, LossReason.Unsupported);
            }
        }
    }
}
