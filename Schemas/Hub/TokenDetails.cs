using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// What tokens were spent on, as OpenAI's two APIs tell it: prompt_tokens_details is input_tokens_details of the other, and
/// completion_tokens_details output_tokens_details (platform.openai.com/docs/api-reference); vendors' further members stand in either.
/// </summary>
internal static class TokenDetails
{
    public static void ReadInput(ReadOnlySpan<byte> json, ref Usage usage)
    {
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Is("cached_tokens"u8) || members.Is("cached_read_tokens"u8))
            {
                usage.CacheRead = Count(members) ?? usage.CacheRead;
            }
            else if (members.Is("cache_write_tokens"u8) || members.Is("cached_write_tokens"u8) || members.Is("cache_creation_tokens"u8))
            {
                usage.CacheWrite5m = Count(members) ?? usage.CacheWrite5m;
            }
            else if (members.Is("audio_tokens"u8))
            {
                usage.InputAudio = Count(members);
            }
            else if (members.Is("image_tokens"u8))
            {
                usage.InputImage = Count(members);
            }
        }
    }

    public static void ReadOutput(ReadOnlySpan<byte> json, ref Usage usage)
    {
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Is("reasoning_tokens"u8))
            {
                usage.Reasoning = Count(members);
            }
            else if (members.Is("audio_tokens"u8))
            {
                usage.OutputAudio = Count(members);
            }
            else if (members.Is("image_tokens"u8))
            {
                usage.OutputImage = Count(members);
            }
            else if (members.Is("accepted_prediction_tokens"u8))
            {
                usage.AcceptedPrediction = Count(members);
            }
            else if (members.Is("rejected_prediction_tokens"u8))
            {
                usage.RejectedPrediction = Count(members);
            }
            else if (members.Is("citation_tokens"u8))
            {
                usage.CitationTokens = Count(members);
            }
            else if (members.Is("num_search_queries"u8))
            {
                usage.WebSearches = Count(members);
            }
        }
    }

    /// <summary>cost: {total_cost}, in US dollars, where the provider told it.</summary>
    public static void WriteCost(ref JsonEmitter json, decimal? cost)
    {
        if (cost is { } dollars)
        {
            json.StartObject("cost"u8);
            json.Name("total_cost"u8);
            json.Number(dollars);
            json.EndObject();
        }
    }

    private static long? Count(in JsonMembers member) => member.Kind == JsonTokenType.Number ? member.Integer : null;
}
