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
        json.Name("input_tokens_details"u8);
        json.StartObject();
        json.Member("cached_tokens"u8, usage.CacheRead ?? 0);
        TokenDetails.WriteKnown(ref json, "cached_read_tokens"u8, usage.CacheRead);
        TokenDetails.WriteKnown(ref json, "cached_write_tokens"u8, usage.CacheWrite);
        TokenDetails.WriteKnown(ref json, "audio_tokens"u8, usage.InputAudio);
        TokenDetails.WriteKnown(ref json, "image_tokens"u8, usage.InputImage);
        json.EndObject();
        json.Member("output_tokens"u8, usage.Output ?? 0);
        json.Name("output_tokens_details"u8);
        json.StartObject();
        json.Member("reasoning_tokens"u8, usage.Reasoning ?? 0);
        TokenDetails.WriteKnown(ref json, "audio_tokens"u8, usage.OutputAudio);
        TokenDetails.WriteKnown(ref json, "image_tokens"u8, usage.OutputImage);
        TokenDetails.WriteKnown(ref json, "accepted_prediction_tokens"u8, usage.AcceptedPrediction);
        TokenDetails.WriteKnown(ref json, "rejected_prediction_tokens"u8, usage.RejectedPrediction);
        TokenDetails.WriteKnown(ref json, "citation_tokens"u8, usage.CitationTokens);
        TokenDetails.WriteKnown(ref json, "num_search_queries"u8, usage.WebSearches);
        json.EndObject();
        json.Member("total_tokens"u8, usage.Total ?? 0);
        TokenDetails.WriteCost(ref json, usage.Cost);
        json.EndObject();
    }
}
