using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>What a call may take, before it is made: its input as estimated and all the output it asks for.</summary>
/// <param name="Tokens">Input and output.</param>
/// <param name="Money">Their price, in the unit of <see cref="LimitKind.Money"/>; 0 where nobody knows it.</param>
internal readonly record struct CallEstimate(long Tokens, long Money)
{
    /// <summary>Most answers of chats are shorter; who wants a longer one says so.</summary>
    private const long OutputUnsaid = 1024;

    /// <summary>Text is counted by its bytes; a larger body may hold pictures, whose bytes are no measure, and is looked into.</summary>
    private const int PlainBytes = 32 << 10;

    private const int BytesPerToken = 4;

    private const decimal MostDollars = 1_000_000m;

    public static CallEstimate Of(Exchange exchange, Candidate candidate)
    {
        if (exchange.Route.Operation == Operation.CountTokens)
        {
            return default;
        }

        var input = Input(exchange, candidate);
        var price = exchange.Snapshot.Pricing.Find(candidate, exchange.Route.Operation, exchange.VirtualKey?.Id ?? "");
        var output = exchange.Route.Operation == Operation.Generate ? Math.Max(0, exchange.Peek?.MaxTokens ?? OutputUnsaid) : 0;
        if (price?.MaxOutputTokens is { } most)
        {
            output = Math.Min(output, most);
        }

        return new CallEstimate(input + output, price is null ? 0 : InMoney(CostRules.AtMost(price, input, output)));
    }

    /// <summary>Rounded up: a fraction lost on each of a million calls would be money.</summary>
    public static long InMoney(decimal dollars) => (long)Math.Ceiling(Math.Min(dollars, MostDollars) * LimitCounters.Dollar);

    private static long Input(Exchange exchange, Candidate candidate)
    {
        var bytes = exchange.Body?.Memory.Length ?? 0;
        if (exchange.Peek?.IsForm == true)
        {
            return 0; // sounds and pictures: their bytes are no measure, and nobody reads them here
        }

        if (bytes <= PlainBytes || exchange.Route.Operation != Operation.Generate || exchange.ReadRequest() is not null)
        {
            return (bytes + BytesPerToken - 1) / BytesPerToken;
        }

        return TokenEstimate.Of(exchange.Request!, candidate.Target.ToolPromptTokens);
    }
}
