using System.Globalization;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>
/// Reads the names of price fields, which spell three things one after the other: meter, length of input, service tier
/// (input_cost_per_token_above_272k_tokens_priority). The sheet is LiteLLM's: model_prices_and_context_window.json.
/// </summary>
internal static class PriceNames
{
    private const string Above = "_above_";
    private const string Thousand = "k_tokens";

    private static readonly (string Suffix, ServiceTier Tier)[] Tiers =
    [
        ("_priority", ServiceTier.Priority),
        ("_flex", ServiceTier.Flex),
        ("_batches", ServiceTier.Batch),
        ("_fast", ServiceTier.Fast),
    ];

    /// <summary>True where the name is a price that can be settled; other fields of the sheet are none of ours.</summary>
    public static bool TryRead(string name, decimal dollars, out PriceLine line)
    {
        line = default;
        var rest = name.AsSpan();
        var tier = ServiceTier.Standard;
        foreach (var (suffix, named) in Tiers)
        {
            if (rest.EndsWith(suffix, StringComparison.Ordinal))
            {
                rest = rest[..^suffix.Length];
                tier = named;
                break;
            }
        }

        var above = 0;
        var mark = rest.LastIndexOf(Above, StringComparison.Ordinal);
        if (mark > 0 && rest.EndsWith(Thousand, StringComparison.Ordinal)
            && int.TryParse(rest[(mark + Above.Length)..^Thousand.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var thousands))
        {
            rest = rest[..mark];
            above = thousands * 1000;
        }

        if (MeterOf(rest) is not { } meter)
        {
            return false;
        }

        line = new PriceLine(meter, tier, above, dollars);
        return true;
    }

    private static Meter? MeterOf(ReadOnlySpan<char> name) => name switch
    {
        "input_cost_per_token" => Meter.Input,
        "output_cost_per_token" => Meter.Output,
        "cache_read_input_token_cost" => Meter.CacheRead,
        "cache_creation_input_token_cost" => Meter.CacheWrite,
        "cache_creation_input_token_cost_above_1hr" => Meter.CacheWrite1h,
        "input_cost_per_audio_token" => Meter.InputAudio,
        "output_cost_per_audio_token" => Meter.OutputAudio,
        "input_cost_per_image_token" => Meter.InputImage,
        "output_cost_per_image_token" => Meter.OutputImage,
        "output_cost_per_reasoning_token" => Meter.Reasoning,
        "citation_cost_per_token" => Meter.Citation,
        "search_context_cost_per_query" => Meter.Search,
        "code_interpreter_cost_per_session" => Meter.CodeSession,
        "input_cost_per_request" or "cost_per_request" => Meter.Request,
        _ => null,
    };
}
