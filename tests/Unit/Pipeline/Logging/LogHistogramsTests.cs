using BifrostLite.Pipeline.Logging;
using BifrostLite.Storage;

namespace BifrostLite.Tests.Unit.Pipeline.Logging;

public sealed class LogHistogramsTests
{
    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 600)]
    [InlineData(24, 3600)]
    [InlineData(72, 28_800)]
    [InlineData(168, 86_400)]
    [InlineData(800, 259_200)]
    [InlineData(2200, 604_800)]
    [InlineData(9000, 2_592_000)]
    public void BucketOf_ARange_IsBifrosts(int hours, int seconds)
    {
        var to = DateTimeOffset.UnixEpoch.AddYears(50);

        Assert.Equal(seconds, LogHistograms.BucketOf(new LogFilter { From = to.AddHours(-hours), To = to }).TotalSeconds);
        Assert.Equal(3600, LogHistograms.BucketOf(new LogFilter { To = to }).TotalSeconds);
    }
}
