using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional;

/// <summary>429: which key is asked next, and how long is waited for the only one.</summary>
public class RateLimitTests : RetryScene
{
    [Fact]
    public async Task RateLimit_GoesToAnotherKey()
    {
        Upstream.NextJson(429, """{"error":{"message":"slow down"}}""", ("Retry-After", "30"));
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 1, "a", "b");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(2, Upstream.Requests.Select(Key).Distinct().Count());
        Assert.InRange(Assert.Single(Pacing.Waits).TotalMilliseconds, 80, 120);
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("0.25", 0.25)]
    public async Task RateLimit_OfTheOnlyKey_WaitsAsLongAsTold(string retryAfter, double seconds)
    {
        Upstream.NextJson(429, """{"error":{"message":"slow down"}}""", ("Retry-After", retryAfter));
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 1, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(Pacing.Waits));
    }

    [Fact]
    public async Task RateLimit_ThatSaysInItsBodyHowLong_IsWaitedForAsLong()
    {
        Upstream.NextJson(429, RetryInfo("3s"));
        Upstream.NextJson(200, """{"candidates":[{"content":{"role":"model","parts":[{"text":"yes"}]},"finishReason":"STOP","index":0}]}""");
        await using var gateway = await StartAsync(retries: 1, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"gemini/m","messages":[{"role":"user","content":"hi"}]}""");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.Single(Pacing.Waits));
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"gemini/m","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1beta/models/gemini%2Fm:generateContent", """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""")]
    public async Task RateLimit_ThatSaysInItsBodyHowLong_IsToldInTheHeaderCallersObey(string path, string body)
    {
        Upstream.NextJson(429, RetryInfo("89.5s"));
        await using var gateway = await StartAsync(retries: 1, "a");

        var response = await gateway.PostAsync(path, body);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal("90", Assert.Single(response.Headers.GetValues("Retry-After")));
    }

    [Fact]
    public async Task RateLimit_LongerThanAnybodyWaits_GoesToTheFallbackAtOnce()
    {
        Upstream.NextJson(429, """{"error":{"message":"slow down"}}""", ("Retry-After", "20"));
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 3, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", WithFallback);

        Assert.Equal("chatonly", Assert.Single(response.Headers.GetValues("x-bf-provider")));
        Assert.Empty(Pacing.Waits);
        Assert.Equal(2, Upstream.Requests.Count);
    }

    [Theory]
    [InlineData("30", 2)]
    [InlineData("10", 1)]
    public async Task RateLimit_LongerThanTheCallerWaits_IsNotWaitedFor(string patience, int calls)
    {
        Upstream.NextJson(429, """{"error":{"message":"slow down"}}""", ("Retry-After", "20"));
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 1, "a");

        await gateway.PostAsync("/v1/chat/completions", Request, ("x-stainless-timeout", patience));

        Assert.Equal(calls, Upstream.Requests.Count);
    }

    /// <summary>The first key draws nearly every request; that it may be asked again at once is no reason to do so.</summary>
    [Fact]
    public async Task RateLimit_ThatIsOverAtOnce_StillGoesToAnotherKey()
    {
        Upstream.NextJson(429, """{"error":{"message":"slow down"}}""", ("Retry-After", "0"));
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(
            Upstream,
            config => config with
            {
                Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
                {
                    Keys = [.. new[] { ("a", 1e9), ("b", 1.0) }.Select(key => new KeyConfig { Id = key.Item1, Name = key.Item1, Value = new Secret("sk-" + key.Item1), Weight = key.Item2 })],
                    Network = p.Value.Network with { MaxRetries = 1 },
                }),
            },
            replace: Pacing.Install);

        await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(["Bearer sk-a", "Bearer sk-b"], Upstream.Requests.Select(Key));
    }

    [Fact]
    public async Task RateLimit_LongerThanAMinute_IsTheCallersToWait()
    {
        Upstream.NextJson(429, """{"error":{"message":"slow down"}}""", ("Retry-After", "3600"));
        await using var gateway = await StartAsync(retries: 3, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal("3600", Assert.Single(response.Headers.GetValues("Retry-After")));
        Seen();
    }

    private static string RetryInfo(string delay) =>
        $$$"""{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{{delay}}}"}]}}""";
}
