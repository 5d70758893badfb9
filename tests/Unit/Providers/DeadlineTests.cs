using BifrostLite.Providers;

namespace BifrostLite.Tests.Unit.Providers;

public sealed class DeadlineTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Begin_TimePasses_TokenEndsAndPhaseIsNamed()
    {
        using var deadline = Deadline.Rent(_time, CancellationToken.None);
        deadline.Begin(WaitPhase.Headers, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(WaitPhase.None, deadline.Expired);
        Assert.False(deadline.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(WaitPhase.Headers, deadline.Expired);
        Assert.True(deadline.Token.IsCancellationRequested);
        Assert.False(deadline.IsCallerGone);
    }

    [Fact]
    public void Begin_Again_CountsAnew()
    {
        using var deadline = Deadline.Rent(_time, CancellationToken.None);
        deadline.Begin(WaitPhase.Headers, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(20));
        deadline.Begin(WaitPhase.Silence, TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(WaitPhase.None, deadline.Expired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(WaitPhase.Silence, deadline.Expired);
        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void Begin_ShorterThanTheTimerIsSetFor_EndsInItsOwnTime()
    {
        using var deadline = Deadline.Rent(_time, CancellationToken.None);
        deadline.Begin(WaitPhase.Headers, TimeSpan.FromSeconds(30));
        deadline.Begin(WaitPhase.FirstToken, TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(WaitPhase.FirstToken, deadline.Expired);
    }

    [Fact]
    public void Stop_TimePasses_NothingEnds()
    {
        using var deadline = Deadline.Rent(_time, CancellationToken.None);
        deadline.Begin(WaitPhase.Headers, TimeSpan.FromSeconds(30));
        deadline.Stop();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(WaitPhase.None, deadline.Expired);
        Assert.False(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void LimitWhole_PhasesShorter_EndsAllTogether()
    {
        using var deadline = Deadline.Rent(_time, CancellationToken.None);
        deadline.LimitWhole(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 9; i++)
        {
            deadline.Begin(WaitPhase.Silence, TimeSpan.FromSeconds(5));
            _time.Advance(TimeSpan.FromSeconds(1));
            deadline.Stop();
        }

        Assert.Equal(WaitPhase.None, deadline.Expired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(WaitPhase.Whole, deadline.Expired);
        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void Waited_IsTheTimeOfThePhases_NotThatBetweenThem()
    {
        using var deadline = Deadline.Rent(_time, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        deadline.Begin(WaitPhase.Headers, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(2));
        deadline.Begin(WaitPhase.Silence, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(3));
        deadline.Stop();
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(5), deadline.Waited);
    }

    [Fact]
    public void Stop_AfterTimeRanOut_KeepsThePhase()
    {
        using var deadline = Deadline.Rent(_time, CancellationToken.None);
        deadline.Begin(WaitPhase.Silence, TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        deadline.Stop();
        deadline.Begin(WaitPhase.Headers, TimeSpan.FromSeconds(5));
        Assert.Equal(WaitPhase.Silence, deadline.Expired);
    }

    [Fact]
    public void Renew_AfterTimeRanOut_GivesAFreshTokenThatFollowsTheCaller()
    {
        using var caller = new CancellationTokenSource();
        using var deadline = Deadline.Rent(_time, caller.Token);
        deadline.Begin(WaitPhase.Headers, TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        deadline.Renew();
        Assert.Equal(WaitPhase.None, deadline.Expired);
        Assert.False(deadline.Token.IsCancellationRequested);
        deadline.Begin(WaitPhase.Headers, TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(WaitPhase.None, deadline.Expired);
        caller.Cancel();
        Assert.True(deadline.Token.IsCancellationRequested);
        Assert.True(deadline.IsCallerGone);
    }

    [Fact]
    public void Rent_AfterAnother_HasNothingOfItLeft()
    {
        using var caller = new CancellationTokenSource();
        var first = Deadline.Rent(TimeProvider.System, caller.Token);
        first.LimitWhole(TimeSpan.FromHours(1));
        first.Begin(WaitPhase.Headers, TimeSpan.FromHours(1));
        first.Dispose();
        using var second = Deadline.Rent(TimeProvider.System, CancellationToken.None);
        caller.Cancel();
        Assert.False(second.Token.IsCancellationRequested);
        Assert.False(second.IsCallerGone);
        Assert.Equal(WaitPhase.None, second.Expired);
    }

    [Fact]
    public void Begin_RealTime_EndsTheTokenOfAPooledOneToo()
    {
        for (var i = 0; i < 3; i++)
        {
            using var deadline = Deadline.Rent(TimeProvider.System, CancellationToken.None);
            deadline.Begin(WaitPhase.Silence, TimeSpan.FromMilliseconds(5));
            Assert.True(deadline.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
            Assert.Equal(WaitPhase.Silence, deadline.Expired);
        }
    }
}
