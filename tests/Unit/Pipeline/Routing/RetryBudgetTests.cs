using BifrostLite.Configuration;
using BifrostLite.Pipeline.Routing;

namespace BifrostLite.Tests.Unit.Pipeline.Routing;

public class RetryBudgetTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void TryWithdraw_QuietGateway_HasAFloor()
    {
        var budget = new RetryBudget(_time);
        Assert.Equal(100, Withdrawn(budget, 1000));
    }

    [Fact]
    public void TryWithdraw_ManyRequests_AFifthMore()
    {
        var budget = new RetryBudget(_time);
        for (var i = 0; i < 5000; i++)
        {
            budget.Deposit();
        }

        Assert.Equal(1100, Withdrawn(budget, 5000));
    }

    [Fact]
    public void TryWithdraw_AfterTheWindow_IsFullAgain()
    {
        var budget = new RetryBudget(_time);
        Withdrawn(budget, 1000);
        Assert.False(budget.TryWithdraw());

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(budget.TryWithdraw());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(100, Withdrawn(budget, 1000));
    }

    [Fact]
    public void Backoff_GrowsToItsMaximum_WithinTheSpread()
    {
        var pacing = new RetryPacing(_time, new Random(7));
        var network = new NetworkConfig { RetryBackoffInitial = TimeSpan.FromMilliseconds(500), RetryBackoffMax = TimeSpan.FromSeconds(5) };
        for (var retry = 0; retry < 100; retry++)
        {
            var middle = Math.Min(500 * Math.Pow(2, retry), 5000);
            Assert.InRange(pacing.Backoff(network, retry).TotalMilliseconds, (middle * 0.8) - 0.01, (middle * 1.2) + 0.01);
        }
    }

    private static int Withdrawn(RetryBudget budget, int attempts) => Enumerable.Range(0, attempts).Count(_ => budget.TryWithdraw());
}
