using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>Usage and price in, cost out. The one place that knows how tokens are billed.</summary>
internal static class CostRules
{
    /// <summary>
    /// What the usage costs; the provider's own figure wins over the sheet. Null where neither is known: an unknown price
    /// is not a price of nothing.
    /// </summary>
    public static Cost? Of(in Usage usage, ModelPrice? price)
    {
        if (usage.Cost is { } reported)
        {
            return Cost.Reported(reported) with { IsEstimate = usage.IsEstimate };
        }

        return price is null || usage.IsEmpty ? null : Of(usage, new Rates(price, usage));
    }

    /// <summary>The most a call can cost, before it is made: everything uncached, every token of output asked for.</summary>
    public static decimal AtMost(ModelPrice price, long input, long output)
    {
        var usage = new Usage { Input = input, Output = output };
        return Of(usage, price)?.Total ?? 0;
    }

    private static Cost Of(in Usage usage, in Rates rates)
    {
        var input = InputOf(usage, rates);
        var (output, reasoning) = OutputOf(usage, rates);
        var citations = Count(usage.CitationTokens) * rates.Plain(Meter.Citation);
        var searches = rates.Searches(Count(usage.WebSearches)) * rates.Plain(Meter.Search);
        var request = rates.Plain(Meter.Request) + (Count(usage.CodeSessions) * rates.Plain(Meter.CodeSession));
        return new Cost
        {
            InputTokens = input,
            OutputTokens = output,
            ReasoningTokens = reasoning,
            CitationTokens = citations,
            SearchQueries = searches,
            Request = request,
            Total = input + output + reasoning + citations + searches + request,
            IsEstimate = usage.IsEstimate,
        };
    }

    /// <summary>
    /// The input's parts at their own prices. Figures are clamped against each other (reads, then writes, then the hour's): some
    /// vendors report more cached than read at all, and nothing may bill below zero.
    /// </summary>
    private static decimal InputOf(in Usage usage, in Rates rates)
    {
        var all = Count(usage.Input);
        var read = Math.Min(Count(usage.CacheRead), all);
        var write = Math.Min(Count(usage.CacheWrite), all - read);
        var hour = Math.Min(Count(usage.CacheWrite1h), write);
        var left = all - read - write;
        var audio = rates.Has(Meter.InputAudio) ? Math.Min(Count(usage.InputAudio), left) : 0;
        var image = rates.Has(Meter.InputImage) ? Math.Min(Count(usage.InputImage), left - audio) : 0;
        var text = left - audio - image;
        return (text * rates.Token(Meter.Input))
            + (read * rates.Token(Meter.CacheRead, Meter.Input))
            + ((write - hour) * rates.Token(Meter.CacheWrite, Meter.Input))
            + (hour * rates.Token(Meter.CacheWrite1h, Meter.CacheWrite, Meter.Input))
            + (audio * rates.Token(Meter.InputAudio))
            + (image * rates.Token(Meter.InputImage));
    }

    private static (decimal Output, decimal Reasoning) OutputOf(in Usage usage, in Rates rates)
    {
        var all = Count(usage.Output);
        var reasoning = Math.Min(Count(usage.Reasoning), all);
        var left = all - reasoning;
        var audio = rates.Has(Meter.OutputAudio) ? Math.Min(Count(usage.OutputAudio), left) : 0;
        var image = rates.Has(Meter.OutputImage) ? Math.Min(Count(usage.OutputImage), left - audio) : 0;
        var output = ((left - audio - image) * rates.Token(Meter.Output))
            + (audio * rates.Token(Meter.OutputAudio))
            + (image * rates.Token(Meter.OutputImage));
        return (output, reasoning * rates.Token(Meter.Reasoning, Meter.Output));
    }

    private static long Count(long? tokens) => Math.Max(0, tokens ?? 0);

    /// <summary>A model's prices for one usage: its tier, its length of input, its factors.</summary>
    private readonly struct Rates(ModelPrice price, in Usage usage)
    {
        private readonly ServiceTier _tier = usage.Tier;
        private readonly long _input = usage.Input ?? 0;
        private readonly decimal _factor = (usage.IsUsOnly ? price.UsFactor : 1) * (usage.Tier == ServiceTier.Fast && !price.Names(ServiceTier.Fast) ? price.FastFactor : 1);

        /// <summary>How many searches are paid for, of so many that were told.</summary>
        public long Searches(long told) => price.HasOneSearch ? Math.Min(told, 1) : told == 0 && price.AlwaysSearches ? 1 : told;

        public bool Has(Meter meter) => price.Rate(meter, _tier, _input) is not null;

        /// <summary>A price that no factor touches; nothing where the sheet has none.</summary>
        public decimal Plain(Meter meter) => price.Rate(meter, _tier, _input) ?? 0;

        /// <summary>A token's price; where the sheet has none for its kind, that of the kind it would else be.</summary>
        public decimal Token(Meter meter, Meter? instead = null, Meter? last = null)
        {
            var rate = price.Rate(meter, _tier, _input)
                ?? (instead is { } second ? price.Rate(second, _tier, _input) : null)
                ?? (last is { } third ? price.Rate(third, _tier, _input) : null)
                ?? 0;
            return rate * _factor;
        }
    }
}
