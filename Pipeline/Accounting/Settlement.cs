using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>
/// What an exchange used and cost, whatever came of it: the provider's figures where its answer got that far, else the gateway's
/// estimate of what had come, and nothing where nothing had. Run once, by step 12.
/// </summary>
internal static class Settlement
{
    /// <summary>English text, measured over recorded streams: bytes of escaped text a token. Only for answers whose usage never came.</summary>
    private const double BytesPerToken = 4;

    /// <summary>Puts the usage that counts into the exchange's facts and its price into <see cref="Exchange.Cost"/>.</summary>
    public static void Settle(Exchange exchange)
    {
        if (exchange.Candidate is null || exchange.Route.Operation == Operation.CountTokens)
        {
            return;
        }

        // Of a stream that was not committed only its opening was looked at.
        var facts = exchange.IsCommitted ? exchange.Facts : exchange.Opening ?? exchange.Facts;
        if (Complete(exchange, facts, exchange.Failure is not null))
        {
            exchange.Facts.Usage = facts.Usage;
            exchange.Cost = Price(exchange);
        }
    }

    /// <summary>Notes what a failed or abandoned attempt used up, if anything; the exchange may go on to another.</summary>
    public static void SettleAttempt(Exchange exchange)
    {
        var facts = exchange.Opening ?? exchange.Facts;
        if (exchange.Candidate is { } candidate && exchange.Route.Operation != Operation.CountTokens && Complete(exchange, facts, isBroken: true))
        {
            var expense = new Expense(candidate, facts.Usage, Price(exchange, facts.Usage));
            (exchange.Expenses ??= []).Add(expense);
            exchange.Limits?.Spend(expense);
            facts.Reset();
        }
    }

    /// <summary>What the usage known by now costs; also asked while an answer passes that is to tell its price.</summary>
    public static Cost? Price(Exchange exchange) => exchange.IsCached ? Cost.Nothing : Price(exchange, exchange.Facts.Usage);

    private static Cost? Price(Exchange exchange, in Usage usage) => CostRules.Of(
        usage, usage.Cost is null ? exchange.Snapshot.Pricing.Find(exchange.Candidate!, exchange.Route.Operation, exchange.VirtualKey?.Id ?? "") : null);

    /// <summary>Fills in what the provider did not say; false where nothing was produced and so nothing is owed.</summary>
    private static bool Complete(Exchange exchange, StreamFacts facts, bool isBroken)
    {
        var usage = facts.Usage;
        var hasUsage = usage.Input is not null || usage.Output is not null || usage.Cost is not null;
        if (!hasUsage && !facts.HasContent)
        {
            return false;
        }

        if (usage.Cost is null && exchange.Route.Operation == Operation.Generate && (usage.Output is null || isBroken))
        {
            CompleteOutput(exchange, facts, ref usage);
        }

        if (usage.Input is null && usage.Cost is null)
        {
            usage.Input = InputOf(exchange);
            usage.IsEstimate = true;
        }

        facts.Usage = usage;
        return true;
    }

    /// <summary>A stream that broke off says how much it had written only in figures that are behind, or not at all.</summary>
    private static void CompleteOutput(Exchange exchange, StreamFacts facts, ref Usage usage)
    {
        var bytes = facts.TextBytes > 0 || exchange.WantsStream ? facts.TextBytes : exchange.BytesOut;
        var tokens = (long)Math.Ceiling(bytes / BytesPerToken);
        if (tokens > (usage.Output ?? -1))
        {
            usage.Output = tokens;
            usage.IsEstimate = true;
        }
    }

    private static long InputOf(Exchange exchange)
    {
        if (exchange.Body is null || exchange.ReadRequest() is not null)
        {
            return (long)(exchange.BytesIn / BytesPerToken);
        }

        var candidate = exchange.Candidate!;
        return TokenEstimate.Of(exchange.Request!, candidate.Target.ToolPromptTokens);
    }
}
