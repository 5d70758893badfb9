using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Pipeline.Admission;

/// <summary>Windows of every length, rolling and with the calendar.</summary>
public sealed class LimitRuleTests
{
    private static readonly DateTimeOffset Now = At("2026-11-21T13:37:42Z");

    [Theory]
    [InlineData("1d", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")]
    [InlineData("1w", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("1M", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData("1Q", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("1Y", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("3M", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("1h", "2026-11-21T13:00:01Z", "2026-11-21T14:00:01Z")]
    [InlineData("5m", "2026-11-21T13:35:01Z", "2026-11-21T13:40:01Z")]
    public void WindowAt_Aligned_BeginsWithTheCalendarWhereItHasABoundary(string period, string start, string end)
    {
        var window = new LimitRule(1, ResetPeriod.Parse(period), true).WindowAt(Now, At("2026-11-20T00:00:01Z"));

        Assert.Equal((At(start), At(end)), window);
    }

    [Theory]
    [InlineData("1m", "2026-11-21T13:37:01Z")]
    [InlineData("1h", "2026-11-21T13:00:01Z")]
    [InlineData("1d", "2026-11-21T00:00:01Z")]
    [InlineData("1M", "2026-11-20T00:00:01Z")]
    public void WindowAt_Rolling_FollowsTheFirstUse(string period, string start)
    {
        var rule = new LimitRule(1, ResetPeriod.Parse(period), false);

        var window = rule.WindowAt(Now, At("2026-11-20T00:00:01Z"));

        Assert.Equal((At(start), At(start) + rule.Period.Length), window);
    }

    [Fact]
    public void WindowAt_AnyMomentAndRule_WindowsHoldTheMomentAndFollowWithoutGap()
    {
        var rules = Gen.Elements("1s", "1m", "5m", "1h", "7h", "1d", "3d", "1w", "1M", "2M", "1Q", "1Y")
            .SelectMany(text => Gen.Elements(true, false).Select(isAligned => new LimitRule(1, ResetPeriod.Parse(text), isAligned)));
        var moments = Gen.Choose(0, int.MaxValue).Select(seconds => DateTimeOffset.FromUnixTimeSeconds(seconds));
        var cases = rules.SelectMany(rule => moments.SelectMany(first => moments.Select(now => new Case(rule, first, now))));

        Prop.ForAll(Arb.From(cases), sample =>
        {
            var (rule, first, now) = sample;
            var (start, end) = rule.WindowAt(now, first);
            var next = rule.WindowAt(end, first);
            var same = rule.WindowAt(end.AddTicks(-1), first);
            return start <= now && now < end && end == next.Start && same == (start, end);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private sealed record Case(LimitRule Rule, DateTimeOffset FirstUse, DateTimeOffset Now);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
