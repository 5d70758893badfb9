using System.Buffers.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// The usage object of chat answers and its vendors' spellings
/// (platform.openai.com/docs/api-reference/chat/object, openrouter.ai/docs/use-cases/usage-accounting).
/// </summary>
internal static class ChatCompletionsUsage
{
    /// <summary>The usage of a chunk or a whole answer, whose service_tier stands beside it.</summary>
    public static Usage Read(in ChatCompletionsChunk chunk)
    {
        var usage = Read(chunk.Usage);
        usage.Tier = ServiceTiers.Read(JsonSlice.Text(chunk.ServiceTier));
        return usage;
    }

    public static Usage Read(ReadOnlySpan<byte> json)
    {
        var usage = default(Usage);
        if (!JsonSlice.IsObject(json))
        {
            return usage;
        }

        long? total = null;
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("total_tokens"u8))
            {
                total = JsonSlice.Number(members.Value);
            }
            else
            {
                ReadMember(members.Name, members.Value, ref usage);
            }
        }

        // xAI counts reasoning beside completion_tokens, and only total_tokens tells so: 12 read, 1 written, 290 thought, 303 in all.
        if (usage.Reasoning is > 0 && total == usage.Input + usage.Output + usage.Reasoning)
        {
            usage.Output += usage.Reasoning;
        }

        return usage;
    }

    /// <summary>Writes the object; unknown figures are left out, the three that clients demand are zero then.</summary>
    public static void Write(in Usage usage, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("prompt_tokens"u8, usage.Input ?? 0);
        json.Member("completion_tokens"u8, usage.Output ?? 0);
        json.Member("total_tokens"u8, usage.Total ?? 0);
        json.StartObject("prompt_tokens_details"u8);
        json.Member("cached_tokens"u8, usage.CacheRead ?? 0);
        json.MemberIfKnown("cache_write_tokens"u8, usage.CacheWrite);
        json.Member("audio_tokens"u8, usage.InputAudio ?? 0);
        json.MemberIfKnown("image_tokens"u8, usage.InputImage);
        json.EndObject();
        json.StartObject("completion_tokens_details"u8);
        json.Member("reasoning_tokens"u8, usage.Reasoning ?? 0);
        json.Member("audio_tokens"u8, usage.OutputAudio ?? 0);
        json.MemberIfKnown("image_tokens"u8, usage.OutputImage);
        json.Member("accepted_prediction_tokens"u8, usage.AcceptedPrediction ?? 0);
        json.Member("rejected_prediction_tokens"u8, usage.RejectedPrediction ?? 0);
        json.MemberIfKnown("citation_tokens"u8, usage.CitationTokens);
        json.MemberIfKnown("num_search_queries"u8, usage.WebSearches);
        json.EndObject();
        TokenDetails.WriteCost(ref json, usage.Cost);
        json.EndObject();
    }

    private static void ReadMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref Usage usage)
    {
        if (name.SequenceEqual("prompt_tokens"u8))
        {
            usage.Input = JsonSlice.Number(value);
        }
        else if (name.SequenceEqual("completion_tokens"u8))
        {
            usage.Output = JsonSlice.Number(value);
        }
        else if (name.SequenceEqual("prompt_tokens_details"u8))
        {
            TokenDetails.ReadInput(value, ref usage);
        }
        else if (name.SequenceEqual("completion_tokens_details"u8))
        {
            TokenDetails.ReadOutput(value, ref usage);
        }
        else
        {
            ReadVendorMember(name, value, ref usage);
        }
    }

    private static void ReadVendorMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref Usage usage)
    {
        // DeepSeek and Moonshot name the cached part at the top; where both stand, the details win. Mistral's num_cached_tokens
        // is none of these: recorded answers have more of them than prompt_tokens, and newer ones fill in the details.
        if (name.SequenceEqual("prompt_cache_hit_tokens"u8) || name.SequenceEqual("cached_tokens"u8))
        {
            usage.CacheRead ??= JsonSlice.Number(value);
        }
        else if (name.SequenceEqual("cost"u8))
        {
            // OpenRouter gives a number, Perplexity an object.
            var total = JsonSlice.IsObject(value) ? JsonSlice.Member(value, "total_cost"u8) : value;
            usage.Cost = Utf8Parser.TryParse(total, out decimal cost, out var used) && used == total.Length ? cost : usage.Cost;
        }
        else if (name.SequenceEqual("server_tool_use_details"u8))
        {
            usage.WebSearches = JsonSlice.Number(JsonSlice.Member(value, "web_search_requests"u8)) ?? usage.WebSearches;
        }
        else if (name.SequenceEqual("num_search_queries"u8))
        {
            usage.WebSearches = JsonSlice.Number(value);
        }
        else if (name.SequenceEqual("citation_tokens"u8))
        {
            usage.CitationTokens = JsonSlice.Number(value);
        }
    }
}
