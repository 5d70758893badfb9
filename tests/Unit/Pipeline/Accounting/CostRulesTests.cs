using System.Text;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Pipeline.Accounting;

public sealed class CostRulesTests
{
    private const string Everything =
        """
        {"m":{"litellm_provider":"openai","mode":"chat",
         "input_cost_per_token":1e-06,"output_cost_per_token":2e-06,"cache_read_input_token_cost":1e-07,
         "cache_creation_input_token_cost":1.25e-06,"cache_creation_input_token_cost_above_1hr":2e-06,
         "input_cost_per_token_above_128k_tokens":3e-06,"input_cost_per_token_above_272k_tokens":4e-06,"output_cost_per_token_above_128k_tokens":5e-06,
         "cache_read_input_token_cost_above_128k_tokens":3e-07,"cache_creation_input_token_cost_above_1hr_above_200k_tokens":7e-06,
         "input_cost_per_token_priority":2e-06,"output_cost_per_token_priority":4e-06,"cache_read_input_token_cost_priority":2e-07,
         "input_cost_per_token_flex":5e-07,"output_cost_per_token_flex":1e-06,"input_cost_per_token_above_128k_tokens_flex":1.2e-06,
         "input_cost_per_token_batches":4e-07,"input_cost_per_token_fast":9e-06,
         "input_cost_per_audio_token":1e-05,"output_cost_per_audio_token":2e-05,"input_cost_per_image_token":3e-05,"output_cost_per_image_token":4e-05,
         "output_cost_per_reasoning_token":3e-06,"citation_cost_per_token":6e-06,
         "search_context_cost_per_query":{"search_context_size_low":0.005,"search_context_size_medium":0.01,"search_context_size_high":0.02},
         "code_interpreter_cost_per_session":0.03,"input_cost_per_request":0.5}}
        """;

    private static readonly ModelPrice Price = Of(Everything);

    [Fact]
    public void Of_EachMeter_CountsAtItsOwnPrice()
    {
        Assert.Equal(1_000e-6m, Cost(new() { Input = 1_000 }).InputTokens);
        Assert.Equal(2_000e-6m, Cost(new() { Output = 1_000 }).OutputTokens);
        Assert.Equal(100e-6m, Cost(new() { Input = 1_000, CacheRead = 1_000 }).InputTokens);
        Assert.Equal(1_250e-6m, Cost(new() { Input = 1_000, CacheWrite5m = 1_000 }).InputTokens);
        Assert.Equal(2_000e-6m, Cost(new() { Input = 1_000, CacheWrite1h = 1_000 }).InputTokens);
        Assert.Equal(10_000e-6m, Cost(new() { Input = 1_000, InputAudio = 1_000 }).InputTokens);
        Assert.Equal(30_000e-6m, Cost(new() { Input = 1_000, InputImage = 1_000 }).InputTokens);
        Assert.Equal(20_000e-6m, Cost(new() { Output = 1_000, OutputAudio = 1_000 }).OutputTokens);
        Assert.Equal(40_000e-6m, Cost(new() { Output = 1_000, OutputImage = 1_000 }).OutputTokens);
        Assert.Equal(3_000e-6m, Cost(new() { Output = 1_000, Reasoning = 1_000 }).ReasoningTokens);
        Assert.Equal(6_000e-6m, Cost(new() { CitationTokens = 1_000 }).CitationTokens);
        Assert.Equal(0.03m, Cost(new() { WebSearches = 3 }).SearchQueries);
        Assert.Equal(0.56m, Cost(new() { CodeSessions = 2 }).Request);
        Assert.Equal(0.5m, Cost(new() { Input = 1 }).Request);
    }

    [Fact]
    public void Of_MixedInput_BillsEachTokenOnce()
    {
        var cost = Cost(new() { Input = 1_000, CacheRead = 400, CacheWrite5m = 100, CacheWrite1h = 50, InputAudio = 30, InputImage = 20 });

        Assert.Equal((400 * 1m + 400 * 0.1m + 100 * 1.25m + 50 * 2m + 30 * 10m + 20 * 30m) / 1_000_000m, cost.InputTokens);
    }

    [Fact]
    public void Of_LongInput_TakesTheLongestStepOfEachMeter()
    {
        Assert.Equal(0.128m, Cost(new() { Input = 128_000 }).InputTokens);
        Assert.Equal(128_001 * 3e-6m, Cost(new() { Input = 128_001 }).InputTokens);
        Assert.Equal(272_001 * 4e-6m, Cost(new() { Input = 272_001 }).InputTokens);
        Assert.Equal(10 * 5e-6m, Cost(new() { Input = 272_001, Output = 10 }).OutputTokens);
        Assert.Equal(150_000 * 3e-7m, Cost(new() { Input = 150_000, CacheRead = 150_000 }).InputTokens);
        Assert.Equal(150_000 * 2e-6m, Cost(new() { Input = 150_000, CacheWrite1h = 150_000 }).InputTokens);
        Assert.Equal(250_000 * 7e-6m, Cost(new() { Input = 250_000, CacheWrite1h = 250_000 }).InputTokens);
    }

    [Fact]
    public void Of_ServiceTier_TakesItsFigureOrItsShare()
    {
        Assert.Equal(2_000e-6m, Cost(new() { Input = 1_000, Tier = ServiceTier.Priority }).InputTokens);
        Assert.Equal(4_000e-6m, Cost(new() { Output = 1_000, Tier = ServiceTier.Priority }).OutputTokens);
        Assert.Equal(200e-6m, Cost(new() { Input = 1_000, CacheRead = 1_000, Tier = ServiceTier.Priority }).InputTokens);
        Assert.Equal(500e-6m, Cost(new() { Input = 1_000, Tier = ServiceTier.Flex }).InputTokens);
        Assert.Equal(9_000e-6m, Cost(new() { Input = 1_000, Tier = ServiceTier.Fast }).InputTokens);
        Assert.Equal(400e-6m, Cost(new() { Input = 1_000, Tier = ServiceTier.Batch }).InputTokens);

        // No batch figure for output: half. None for reading the cache in flex: half, as its input. Long input in priority: twice the long price.
        Assert.Equal(1_000e-6m, Cost(new() { Output = 1_000, Tier = ServiceTier.Batch }).OutputTokens);
        Assert.Equal(50e-6m, Cost(new() { Input = 1_000, CacheRead = 1_000, Tier = ServiceTier.Flex }).InputTokens);
        Assert.Equal(200_000 * 6e-6m, Cost(new() { Input = 200_000, Tier = ServiceTier.Priority }).InputTokens);
        Assert.Equal(200_000 * 1.2e-6m, Cost(new() { Input = 200_000, Tier = ServiceTier.Flex }).InputTokens);
        Assert.Equal(1_500e-6m, Cost(new() { Output = 1_000, Reasoning = 1_000, Tier = ServiceTier.Flex }).ReasoningTokens);
    }

    [Fact]
    public void Of_KindsWithoutAPrice_CountAsWhatTheyAre()
    {
        var plain = Of("""{"m":{"litellm_provider":"openai","input_cost_per_token":1e-06,"output_cost_per_token":2e-06}}""");
        var usage = new Usage { Input = 100, CacheRead = 40, CacheWrite1h = 10, InputAudio = 20, Output = 50, Reasoning = 30, OutputAudio = 5, WebSearches = 3 };

        var cost = CostRules.Of(usage, plain)!;

        Assert.Equal(100e-6m, cost.InputTokens);
        Assert.Equal(40e-6m, cost.OutputTokens);
        Assert.Equal(60e-6m, cost.ReasoningTokens);
        Assert.Equal(0, cost.SearchQueries);
    }

    [Fact]
    public void Of_FastAndUsOnly_MultiplyTokensButNotSearches()
    {
        var claude = Of("""{"m":{"litellm_provider":"anthropic","input_cost_per_token":5e-06,"output_cost_per_token":2.5e-05,"search_context_cost_per_query":0.01,"provider_specific_entry":{"us":1.1,"fast":6}}}""");

        Assert.Equal(1_000 * 5e-6m * 1.1m, CostRules.Of(new() { Input = 1_000, IsUsOnly = true }, claude)!.Total);
        Assert.Equal((1_000 * 5e-6m * 6m) + 0.01m, CostRules.Of(new() { Input = 1_000, Tier = ServiceTier.Fast, WebSearches = 1 }, claude)!.Total);
    }

    [Fact]
    public void Of_MoreCachedThanRead_NeverBillsBelowZero()
    {
        var cost = Cost(new() { Input = 7, CacheRead = 163, CacheWrite5m = 50, Output = 5, Reasoning = 9 });

        Assert.Equal(7 * 1e-7m, cost.InputTokens);
        Assert.Equal(0, cost.OutputTokens);
        Assert.Equal(5 * 3e-6m, cost.ReasoningTokens);
    }

    [Fact]
    public void Of_ReportedCost_WinsOverTheSheet()
    {
        var cost = CostRules.Of(new() { Input = 1_000, Output = 1_000, Cost = 0.0123m }, Price)!;

        Assert.Equal((0.0123m, CostSource.Provider), (cost.Total, cost.Source));
    }

    [Fact]
    public void Of_UnknownPriceOrNoUsage_IsNoCost()
    {
        Assert.Null(CostRules.Of(new() { Input = 1_000 }, null));
        Assert.Null(CostRules.Of(default, Price));
    }

    [Fact]
    public void Total_OfManySmallCosts_DoesNotDrift()
    {
        var sum = 0m;
        for (var i = 0; i < 1_000_000; i++)
        {
            sum += Cost(new() { Input = 3, Output = 1 }).InputTokens;
        }

        Assert.Equal(3m, sum);
    }

    private static Cost Cost(Usage usage) => CostRules.Of(usage, Price)!;

    private static ModelPrice Of(string sheet) => PriceSheetReader.Read(Encoding.UTF8.GetBytes(sheet), "test")!.Find("openai", "openai", "m")
        ?? PriceSheetReader.Read(Encoding.UTF8.GetBytes(sheet), "test")!.Find("anthropic", "anthropic", "m")!;
}
