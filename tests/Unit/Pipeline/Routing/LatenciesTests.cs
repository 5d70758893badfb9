using BifrostLite.Pipeline.Routing;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Pipeline.Routing;

public class LatenciesTests
{
    [Fact]
    public void Percentile_OfTooFew_IsUnknown()
    {
        var latencies = new Latencies();
        for (var i = 0; i < 19; i++)
        {
            latencies.Add(i);
        }

        Assert.Null(latencies.Percentile(95));
        latencies.Add(19);
        Assert.Equal(18, latencies.Percentile(95)!.Value.TotalMilliseconds);
    }

    [Fact]
    public void Percentile_OldAnswers_AreForgotten()
    {
        var latencies = new Latencies();
        for (var i = 0; i < 300; i++)
        {
            latencies.Add(9000);
        }

        for (var i = 0; i < 256; i++)
        {
            latencies.Add(10);
        }

        Assert.Equal(10, latencies.Percentile(99.9)!.Value.TotalMilliseconds);
    }

    [Fact]
    public void Percentile_OfAny_LeavesAtMostItsShareAbove() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<int>().Select(Math.Abs).ListOf(100).ToArbitrary(),
        Gen.Choose(50, 99).ToArbitrary(),
        (milliseconds, percent) =>
        {
            var latencies = new Latencies();
            foreach (var each in milliseconds)
            {
                latencies.Add(each % 100_000);
            }

            var limit = latencies.Percentile(percent)!.Value.TotalMilliseconds;
            return milliseconds.Count(each => each % 100_000 > limit) <= 100 - percent;
        }).QuickCheckThrowOnFailure();
}
