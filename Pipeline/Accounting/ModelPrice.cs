using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>One figure of the price sheet, in US dollars for one unit of its meter.</summary>
/// <param name="Meter">What it is for.</param>
/// <param name="Tier">Which service tier it holds for.</param>
/// <param name="Above">It holds for requests whose whole input has more tokens than this; 0 for all.</param>
/// <param name="Dollars">The price.</param>
internal readonly record struct PriceLine(Meter Meter, ServiceTier Tier, int Above, decimal Dollars);

/// <summary>What one model costs and can do, as the price sheet has it. Immutable.</summary>
/// <param name="Provider">As this gateway names it.</param>
/// <param name="Model">The provider's name of the model.</param>
/// <param name="Lines">Its prices; a handful, so that a walk is the fastest look-up.</param>
internal sealed record ModelPrice(string Provider, string Model, PriceLine[] Lines)
{
    /// <summary>Batches cost half everywhere (OpenAI, Anthropic, Gemini); a sheet may name its own figure.</summary>
    private const decimal BatchShare = 0.5m;

    /// <summary>chat, responses, embedding and so on, in the sheet's words.</summary>
    public string Mode { get; init; } = "chat";

    public long? MaxInputTokens { get; init; }

    public long? MaxOutputTokens { get; init; }

    /// <summary>What the model can do, in the sheet's words without "supports_".</summary>
    public IReadOnlyList<string> Abilities { get; init; } = [];

    /// <summary>Whoever searches at all pays for one search, however many the model makes (Gemini up to 2.5: ai.google.dev/gemini-api/docs/pricing).</summary>
    public bool HasOneSearch { get; init; }

    /// <summary>The model searches for every request and does not tell (OpenAI's gpt-4o-search-preview: platform.openai.com/docs/guides/tools-web-search).</summary>
    public bool AlwaysSearches { get; init; }

    /// <summary>Anthropic's fast mode multiplies every token price (provider_specific_entry.fast); 1 where there is none.</summary>
    public decimal FastFactor { get; init; } = 1;

    /// <summary>So does inference that stays in the United States (provider_specific_entry.us).</summary>
    public decimal UsFactor { get; init; } = 1;

    /// <summary>
    /// Dollars for one unit, or null where the sheet says nothing. A tier's own figure counts; where it names none for so long
    /// an input, its share of the standard price does: discounts and long-context prices stack.
    /// </summary>
    /// <param name="meter">What is counted.</param>
    /// <param name="tier">The tier that served.</param>
    /// <param name="input">Tokens of the whole input, which decide the long-context price of every meter.</param>
    public decimal? Rate(Meter meter, ServiceTier tier, long input)
    {
        if (Best(meter, ServiceTier.Standard, input) is not { } standard)
        {
            return Best(meter, tier, input)?.Dollars;
        }

        if (tier == ServiceTier.Standard)
        {
            return standard.Dollars;
        }

        if (Best(meter, tier, input) is not { } own)
        {
            return standard.Dollars * Share(meter, tier);
        }

        if (own.Above >= standard.Above)
        {
            return own.Dollars;
        }

        // The standard price for as long an input as the tier's figure is for.
        var basis = Best(meter, ServiceTier.Standard, own.Above + 1L)?.Dollars ?? 0;
        return basis > 0 ? standard.Dollars * (own.Dollars / basis) : own.Dollars;
    }

    /// <summary>Whether the sheet has figures of its own for a tier.</summary>
    public bool Names(ServiceTier tier)
    {
        foreach (ref readonly var line in Lines.AsSpan())
        {
            if (line.Tier == tier)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same model with other figures in the place of some.</summary>
    public ModelPrice With(IReadOnlyList<PriceLine> patch)
    {
        var lines = new List<PriceLine>(Lines);
        foreach (var line in patch)
        {
            var at = lines.FindIndex(old => old.Meter == line.Meter && old.Tier == line.Tier && old.Above == line.Above);
            if (at >= 0)
            {
                lines[at] = line;
            }
            else
            {
                lines.Add(line);
            }
        }

        return this with { Lines = [.. lines] };
    }

    /// <summary>A tier that names no price for a meter changes it as it changes plain tokens of the same side.</summary>
    private decimal Share(Meter meter, ServiceTier tier)
    {
        Meter? side = meter switch
        {
            Meter.CacheRead or Meter.CacheWrite or Meter.CacheWrite1h or Meter.InputAudio or Meter.InputImage => Meter.Input,
            Meter.Reasoning or Meter.OutputAudio or Meter.OutputImage => Meter.Output,
            _ => null,
        };
        if (side is { } plain && Best(plain, tier, 0) is { } own && Best(plain, ServiceTier.Standard, 0) is { Dollars: > 0 } standard)
        {
            return own.Dollars / standard.Dollars;
        }

        return tier == ServiceTier.Batch && meter is not (Meter.Search or Meter.CodeSession or Meter.Request) ? BatchShare : 1;
    }

    private PriceLine? Best(Meter meter, ServiceTier tier, long input)
    {
        PriceLine? best = null;
        foreach (ref readonly var line in Lines.AsSpan())
        {
            if (line.Meter == meter && line.Tier == tier && (line.Above == 0 || input > line.Above) && !(best?.Above > line.Above))
            {
                best = line;
            }
        }

        return best;
    }
}
