using BifrostLite.Pipeline;

namespace BifrostLite.Tests.Unit.Pipeline;

public sealed class RequestIdsTests
{
    [Fact]
    public void Next_CalledByManyAtOnce_GivesEachAnother()
    {
        var ids = new string[10_000];

        Parallel.For(0, ids.Length, at => ids[at] = RequestIds.Next());

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, static id => Assert.Matches("^[0-9a-f]{16}$", id));
    }
}
