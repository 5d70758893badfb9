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
    public void IsDue_QuietAfterABusyTime_OnceAndForThePool()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        collector.IsDue(Much, 0);

        Assert.True(collector.IsDue(Much + 1, 0));
        Assert.Equal(QuietCollector.LooksForPool, LooksThatAreDue(collector, Much + 1));
    }

    [Fact]
    public void IsDue_QuietAndThePoolLetsGo_GoesOn()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        collector.IsDue(Much, 0);
        collector.IsDue(Much + 1, 0);
        collector.Collected(Much);
        LooksThatAreDue(collector, Much + 1);

        collector.Collected(Much - (1 << 20));

        Assert.Equal(QuietCollector.LooksForPool, LooksThatAreDue(collector, Much + 1));
    }

    [Fact]
    public void IsDue_BusyAgain_NotForThePool()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        collector.IsDue(0, 0);

        Assert.False(collector.IsDue(QuietCollector.CalmBytes + 1, 0));
    }

    [Fact]
    public void IsDue_FirstLookAtAQuietGateway_GivesBackWhatStartingLeft()
    {
        using var collector = new QuietCollector(TimeProvider.System);

        Assert.True(collector.IsDue(1, 0));
    }

    [Fact]
    public void IsDue_LittleAtATime_WhenItIsWorthIt()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        collector.IsDue(0, 0);
        LooksThatAreDue(collector, 0);
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

    private static int LooksThatAreDue(QuietCollector collector, long allocated)
    {
        var looks = 0;
        while (looks < 100 && collector.IsDue(allocated, 0))
        {
            looks++;
        }

        return looks;
    }
}
