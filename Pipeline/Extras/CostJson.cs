using System.Buffers;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>Writes a cost as Bifrost's usage.cost: parts of zero are left out (docs/openapi/schemas/inference/usage.yaml).</summary>
internal static class CostJson
{
    /// <summary>As a further member of an object that has others: <c>,"cost":{…}</c>.</summary>
    public static void WriteMember(Cost cost, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartMembers();
        json.StartObject("cost"u8);
        Part(ref json, "input_tokens_cost"u8, cost.InputTokens);
        Part(ref json, "output_tokens_cost"u8, cost.OutputTokens);
        Part(ref json, "reasoning_tokens_cost"u8, cost.ReasoningTokens);
        Part(ref json, "citation_tokens_cost"u8, cost.CitationTokens);
        Part(ref json, "search_queries_cost"u8, cost.SearchQueries);
        Part(ref json, "request_cost"u8, cost.Request);
        json.Name("total_cost"u8);
        json.Number(Plain(cost.Total));
        json.EndObject();
    }

    private static void Part(ref JsonEmitter json, ReadOnlySpan<byte> name, decimal dollars)
    {
        if (dollars != 0)
        {
            json.Name(name);
            json.Number(Plain(dollars));
        }
    }

    /// <summary>Without the zeros at the end that multiplication leaves: a division by one with all digits drops them.</summary>
    private static decimal Plain(decimal dollars) => dollars / 1.0000000000000000000000000000m;
}
