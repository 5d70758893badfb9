using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Pipeline.Accounting;

/// <summary>
/// Usages as providers report them, at the prices built in, against costs computed by hand (usages.tsv: dialect, provider, model,
/// service tier or for Gemini its searches, usage, dollars). All cache kinds, tiers, lengths of input, audio, searches, reported costs.
/// </summary>
public sealed class RecordedUsageTests
{
    public static TheoryData<string, string, string, string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string, string, string, string>();
        foreach (var line in File.ReadAllLines(Path.Combine(Here(), "usages.tsv")))
        {
            var cells = line.Split('\t');
            rows.Add(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Of_RecordedUsage_CostsWhatTheTableSays(string dialect, string provider, string model, string tier, string usage, string dollars)
    {
        var facts = new StreamFacts();
        Dialects.Get(dialect).InspectAnswer(Encoding.UTF8.GetBytes(Answer(dialect, usage, tier)), facts);
        Assert.Null(facts.Error);

        var cost = CostRules.Of(facts.Usage, PriceSheets.Embedded.Find(provider, provider, model));

        Assert.Equal(decimal.Parse(dollars, CultureInfo.InvariantCulture), cost!.Total);
        if (cost.Source == CostSource.Sheet)
        {
            Assert.Equal(cost.Total, cost.InputTokens + cost.OutputTokens + cost.ReasoningTokens + cost.CitationTokens + cost.SearchQueries + cost.Request);
        }
    }

    [Fact]
    public void Rows_AreThirtyAtLeast() => Assert.True(Rows().Count >= 30);

    private static string Answer(string dialect, string usage, string tier) => dialect switch
    {
        "chat" => $$$"""{"choices":[{"index":0,"message":{}}],"service_tier":"{{{tier}}}","usage":{{{usage}}}}""",
        "responses" => $$$"""{"object":"response","status":"completed","output":[],"service_tier":"{{{tier}}}","usage":{{{usage}}}}""",
        "messages" => $$$"""{"type":"message","content":[],"usage":{{{usage}}}}""",
        "converse" => $$$"""{"output":{"message":{}},"usage":{{{usage}}}}""",
        _ => $$$"""{"candidates":[{"content":{"parts":[]},"groundingMetadata":{"webSearchQueries":[{{{tier}}}]}}],"usageMetadata":{{{usage}}}}""",
    };

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
