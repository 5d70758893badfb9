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
        WriteKnown("cached_read_tokens"u8, usage.CacheRead, ref json);
        WriteKnown("cached_write_tokens"u8, usage.CacheWrite, ref json);
        WriteKnown("audio_tokens"u8, usage.InputAudio, ref json);
        WriteKnown("image_tokens"u8, usage.InputImage, ref json);
        json.EndObject();
        json.Member("output_tokens"u8, usage.Output ?? 0);
        json.Name("output_tokens_details"u8);
        json.StartObject();
        json.Member("reasoning_tokens"u8, usage.Reasoning ?? 0);
        WriteKnown("audio_tokens"u8, usage.OutputAudio, ref json);
        WriteKnown("image_tokens"u8, usage.OutputImage, ref json);
        WriteKnown("accepted_prediction_tokens"u8, usage.AcceptedPrediction, ref json);
        WriteKnown("rejected_prediction_tokens"u8, usage.RejectedPrediction, ref json);
        WriteKnown("citation_tokens"u8, usage.CitationTokens, ref json);
        WriteKnown("num_search_queries"u8, usage.WebSearches, ref json);
        json.EndObject();
        json.Member("total_tokens"u8, usage.Total ?? 0);
        if (usage.Cost is { } cost)
        {
            json.Name("cost"u8);
            json.StartObject();
            json.Name("total_cost"u8);
            json.Number(cost);
            json.EndObject();
        }

        json.EndObject();
    }

    private static void WriteKnown(ReadOnlySpan<byte> name, long? count, ref JsonEmitter json)
    {
        if (count is { } known)
        {
            json.Member(name, known);
        }
    }
}
