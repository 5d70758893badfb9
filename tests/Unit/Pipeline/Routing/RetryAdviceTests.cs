using System.Net;
using BifrostLite.Pipeline.Routing;

namespace BifrostLite.Tests.Unit.Pipeline.Routing;

public class RetryAdviceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("retry-after", "2", 2000.0)]
    [InlineData("retry-after", "0", 0.0)]
    [InlineData("retry-after", "1.5", 1500.0)]
    [InlineData("retry-after", "Sat, 21 Nov 2026 12:00:30 GMT", 30_000.0)]
    [InlineData("retry-after", "Sat, 21 Nov 2026 11:00:00 GMT", 0.0)]
    [InlineData("retry-after", "999999", 86_400_000.0)]
    [InlineData("retry-after", "soon", null)]
    [InlineData("retry-after", "-1", null)]
    [InlineData("retry-after-ms", "250", 250.0)]
    [InlineData("x-ratelimit-reset-requests", "6m0s", null)]
    public void Read_RetryAfter_SecondsOrDate(string name, string value, double? milliseconds) =>
        Assert.Equal(milliseconds, Read(429, (name, value)).Wait?.TotalMilliseconds);

    [Theory]
    [InlineData("6m0s", 360)]
    [InlineData("1s", 1)]
    [InlineData("120ms", 0.12)]
    [InlineData("1h2m3.5s", 3723.5)]
    [InlineData("17", 17)]
    public void Read_LimitUsedUp_WaitsForItsReset(string reset, double seconds) =>
        Assert.Equal(seconds, Read(429, ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", reset), ("x-ratelimit-remaining-requests", "7"), ("x-ratelimit-reset-requests", "9h")).Wait!.Value.TotalSeconds, 3);

    [Fact]
    public void Read_AnthropicReset_IsAMoment() => Assert.Equal(
        TimeSpan.FromSeconds(45),
        Read(429, ("anthropic-ratelimit-input-tokens-remaining", "0"), ("anthropic-ratelimit-input-tokens-reset", "2026-11-21T12:00:45Z")).Wait);

    [Fact]
    public void Read_ResetOfARefusalThatIsNoRateLimit_SaysNothing() =>
        Assert.Null(Read(500, ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6m")).Wait);

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("1x")]
    [InlineData("1")]
    [InlineData("..s")]
    [InlineData("9999999999h")]
    public void Duration_Anything_NeverThrows(string text) => _ = RetryAdvice.Duration(text);

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("perhaps", null)]
    public void Read_ShouldRetry(string value, bool? expected) => Assert.Equal(expected, Read(500, ("x-should-retry", value)).ShouldRetry);

    [Theory]
    [InlineData("""{"error":{"code":429,"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"48s"}]}}""", 48.0)]
    [InlineData("""[{"error":{"code":429,"details":[{"@type":"type.googleapis.com/google.rpc.Help"},{"retryDelay":"1.5s"}]}}]""", 1.5)]
    [InlineData("""{"error":{"details":[{"retryDelay":"soon"}]}}""", null)]
    [InlineData("""{"error":{"details":[{"retryDelay":13}]}}""", null)]
    [InlineData("""{"error":{"message":"retryDelay"}}""", null)]
    [InlineData("<html>", null)]
    [InlineData("", null)]
    public void OfBody_RetryInfo_IsTheWait(string body, double? seconds) =>
        Assert.Equal(seconds, RetryAdvice.OfBody(System.Text.Encoding.UTF8.GetBytes(body))?.TotalSeconds);

    [Fact]
    public void Read_HeaderAndBody_TheHeaderWins()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.TryAddWithoutValidation("retry-after", "2");

        Assert.Equal(TimeSpan.FromSeconds(2), RetryAdvice.Read(response, TimeSpan.FromSeconds(9), Now).Wait);
    }

    private static RetryAdvice Read(int status, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return RetryAdvice.Read(response, null, Now);
    }
}
