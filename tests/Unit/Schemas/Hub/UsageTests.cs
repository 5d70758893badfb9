using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class UsageTests
{
    [Fact]
    public void Merge_LaterFigures_ReplaceMemberByMember()
    {
        var usage = new Usage { Input = 10, CacheRead = 4, Output = 1 };

        usage.Merge(new Usage { Output = 7, Reasoning = 3, Cost = 0.1m });

        Assert.Equal(new Usage { Input = 10, CacheRead = 4, Output = 7, Reasoning = 3, Cost = 0.1m }, usage);
    }

    [Fact]
    public void Merge_EveryMember_IsCarried()
    {
        var all = new Usage
        {
            Input = 1, CacheRead = 2, CacheWrite5m = 3, CacheWrite1h = 4, Output = 5, Reasoning = 6, InputAudio = 7, OutputAudio = 8, InputImage = 9,
            OutputImage = 10, AcceptedPrediction = 11, RejectedPrediction = 12, CitationTokens = 13, WebSearches = 14, WebFetches = 15, Cost = 16,
            CodeSessions = 17, Tier = ServiceTier.Flex, IsUsOnly = true,
        };
        var usage = default(Usage);

        usage.Merge(all);
        usage.Merge(default);

        Assert.Equal(all, usage);
        Assert.DoesNotContain(typeof(Usage).GetProperties(), p => p.CanWrite && p.Name != "IsEstimate" && p.GetValue(all) is null);
    }

    /// <summary>Budgets are charged with these.</summary>
    [Fact]
    public void Figures_BelowZero_AreNotKnownAndAboveAllReasonAreCut()
    {
        var usage = new Usage { Input = -1, Output = long.MinValue, CacheRead = -7, WebSearches = long.MaxValue, Cost = -0.5m };

        Assert.Equal((null, null, null, null), (usage.Input, usage.Output, usage.CacheRead, usage.Cost));
        Assert.Equal(1_000_000_000_000_000, usage.WebSearches);
    }

    [Fact]
    public void Merge_ExactTotals_EndTheEstimate()
    {
        var usage = new Usage { Input = 10, IsEstimate = true };

        usage.Merge(default);
        Assert.True(usage.IsEstimate);
        usage.Merge(new Usage { Output = 5 });
        Assert.True(usage.IsEstimate);
        usage.Merge(new Usage { Input = 11 });
        Assert.False(usage.IsEstimate);
    }

    [Theory]
    [InlineData(10, 4, 3, 3)]
    [InlineData(10, 40, null, 0)]
    [InlineData(10, null, null, 10)]
    [InlineData(null, 4, null, null)]
    public void UncachedInput_IsNeverNegative(int? input, int? read, int? write, int? expected) =>
        Assert.Equal(expected, (int?)new Usage { Input = input, CacheRead = read, CacheWrite1h = write }.UncachedInput);
}
