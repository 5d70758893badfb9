using BifrostLite.Pipeline;

namespace BifrostLite.Tests.Unit.Pipeline;

public class QuietCollectorTests
{
    private const long Much = QuietCollector.WorthwhileBytes;

    [Fact]
    public void IsDue_WhileMuchIsAllocated_No()
    {
        using var collector = new QuietCollector(TimeProvider.System);

        Assert.False(collector.IsDue(Much, 0));
        Assert.False(collector.IsDue(2 * Much, 0));
    }

    [Fact]
    public void IsDue_QuietAfterABusyTime_Once()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        collector.IsDue(Much, 0);

        Assert.True(collector.IsDue(Much + 1, 0));
        Assert.False(collector.IsDue(Much + 2, 0));
    }

    [Fact]
    public void IsDue_FirstLookAtAQuietGateway_GivesBackWhatStartingLeft()
    {
        using var collector = new QuietCollector(TimeProvider.System);

        Assert.True(collector.IsDue(1, 0));
        Assert.False(collector.IsDue(2, 0));
    }

    [Fact]
    public void IsDue_LittleAtATime_WhenItIsWorthIt()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        collector.IsDue(0, 0);
        var looks = 0;
        long allocated = 0;
        do
        {
            looks++;
            allocated += QuietCollector.QuietBytes;
        }
        while (!collector.IsDue(allocated, 0));

        Assert.Equal(Much / QuietCollector.QuietBytes, looks);
    }

    [Fact]
    public void IsDue_CalmAndTheHeapHasGrown_OnceForEachGrowth()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        const long Step = QuietCollector.CalmBytes;
        const long Live = 300 << 20;

        Assert.True(collector.IsDue(Step, Live));
        collector.Collected(Live);
        Assert.False(collector.IsDue(2 * Step, Live + Much));
        Assert.True(collector.IsDue(3 * Step, Live + (Live / 3)));
    }

    [Fact]
    public void IsDue_BusyAndTheHeapHasGrown_No()
    {
        using var collector = new QuietCollector(TimeProvider.System);

        Assert.False(collector.IsDue(QuietCollector.CalmBytes + 1, 10 * Much));
    }
}
