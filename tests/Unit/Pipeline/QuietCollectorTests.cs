using BifrostLite.Pipeline;

namespace BifrostLite.Tests.Unit.Pipeline;

public class QuietCollectorTests
{
    private const long Much = QuietCollector.WorthwhileBytes;

    [Fact]
    public void IsDue_WhileMuchIsAllocated_No()
    {
        using var collector = new QuietCollector(TimeProvider.System);

        Assert.False(collector.IsDue(Much));
        Assert.False(collector.IsDue(2 * Much));
    }

    [Fact]
    public void IsDue_QuietAfterABusyTime_Once()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        collector.IsDue(Much);

        Assert.True(collector.IsDue(Much + 1));
        Assert.False(collector.IsDue(Much + 2));
    }

    [Fact]
    public void IsDue_FirstLookAtAQuietGateway_GivesBackWhatStartingLeft()
    {
        using var collector = new QuietCollector(TimeProvider.System);

        Assert.True(collector.IsDue(1));
        Assert.False(collector.IsDue(2));
    }

    [Fact]
    public void IsDue_LittleAtATime_WhenItIsWorthIt()
    {
        using var collector = new QuietCollector(TimeProvider.System);
        collector.IsDue(0);
        var looks = 0;
        long allocated = 0;
        do
        {
            looks++;
            allocated += QuietCollector.QuietBytes;
        }
        while (!collector.IsDue(allocated));

        Assert.Equal(Much / QuietCollector.QuietBytes, looks);
    }
}
