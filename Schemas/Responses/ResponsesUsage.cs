using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// The usage member. cached_tokens and reasoning_tokens are always there: Codex refuses answers without them. Beside the
/// API's members stand those of the unified API (cached_read_tokens, cached_write_tokens, num_search_queries, cost).
/// </summary>
internal static class ResponsesUsage
{
    public static void Write(in Usage usage, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("input_tokens"u8, usage.Input ?? 0);
        json.StartObject("input_tokens_details"u8);
        json.Member("cached_tokens"u8, usage.CacheRead ?? 0);
        json.MemberIfKnown("cached_read_tokens"u8, usage.CacheRead);
        json.MemberIfKnown("cached_write_tokens"u8, usage.CacheWrite);
        json.MemberIfKnown("audio_tokens"u8, usage.InputAudio);
        json.MemberIfKnown("image_tokens"u8, usage.InputImage);
        json.EndObject();
        json.Member("output_tokens"u8, usage.Output ?? 0);
        json.StartObject("output_tokens_details"u8);
        json.Member("reasoning_tokens"u8, usage.Reasoning ?? 0);
        json.MemberIfKnown("audio_tokens"u8, usage.OutputAudio);
        json.MemberIfKnown("image_tokens"u8, usage.OutputImage);
        json.MemberIfKnown("accepted_prediction_tokens"u8, usage.AcceptedPrediction);
        json.MemberIfKnown("rejected_prediction_tokens"u8, usage.RejectedPrediction);
        json.MemberIfKnown("citation_tokens"u8, usage.CitationTokens);
        json.MemberIfKnown("num_search_queries"u8, usage.WebSearches);
        json.EndObject();
        json.Member("total_tokens"u8, usage.Total ?? 0);
        TokenDetails.WriteCost(ref json, usage.Cost);
        json.EndObject();
    }
}
