namespace BifrostLite.Tests.Functional;

/// <summary>What is retried on the same key, what on another, what never; and how it is told. Rate limits: <see cref="RateLimitTests"/>.</summary>
public class RetryTests : RetryScene
{
    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(529)]
    [InlineData(408)]
    public async Task ServerError_IsRetriedWithTheSameKey_AfterGrowingWaits(int status)
    {
        Upstream.NextJson(status, """{"error":{"message":"no"}}""");
        Upstream.NextJson(status, """{"error":{"message":"no"}}""");
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 2, "a", "b", "c");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Single(Upstream.Requests.Select(Key).Distinct());
        Assert.Collection(
            Pacing.Waits,
            wait => Assert.InRange(wait.TotalMilliseconds, 80, 120),
            wait => Assert.InRange(wait.TotalMilliseconds, 160, 240));
        Assert.Matches($"^openai/m;key=[abc];outcome={status};ms=\\d+, openai/m;key=[abc];outcome={status};ms=\\d+, openai/m;key=[abc];outcome=ok;ms=\\d+$", TrailOf(response));
    }

    [Fact]
    public async Task NoRetriesConfigured_OneCall_AndNoTrail()
    {
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 0, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.False(response.Headers.Contains("x-bf-trail"));
        Seen();
    }

    [Fact]
    public async Task RetriesUsedUp_TheLastErrorIsToldWithItsTrail()
    {
        Upstream.Always = http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await using var gateway = await StartAsync(retries: 2, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal(3, Upstream.Requests.Count);
        Assert.Equal(3, TrailOf(response).Split(", ").Length);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(403)]
    public async Task RefusedKey_AnotherAtOnce_EvenWithoutRetries(int status)
    {
        Upstream.NextJson(status, """{"error":{"message":"bad key"}}""");
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 0, "a", "b", "c");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(2, Upstream.Requests.Select(Key).Distinct().Count());
        Assert.All(Pacing.Waits, wait => Assert.Equal(TimeSpan.Zero, wait));
    }

    [Fact]
    public async Task QuotaUsedUp_CountsAsARefusedKey()
    {
        Upstream.NextJson(429, """{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}""");
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 0, "a", "b");

        Assert.Equal(200, (int)(await gateway.PostAsync("/v1/chat/completions", Request)).StatusCode);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", "b", "c")]
    public async Task EveryKeyRefused_Is502CredentialsExhausted(params string[] keys)
    {
        Upstream.NextJson(401, """{"error":{"message":"bad key sk-xyz"}}""");
        Upstream.NextJson(403, """{"error":{"message":"bad key"}}""");
        Upstream.NextJson(402, """{"error":{"message":"pay first"}}""");
        await using var gateway = await StartAsync(retries: 0, keys);

        var response = await gateway.PostAsync("/v1/chat/completions", Request);
        var body = await TextAsync(response);

        Assert.Equal(502, (int)response.StatusCode);
        Assert.Contains("upstream_credentials_exhausted", body);
        Assert.DoesNotContain("sk-xyz", body);
        Assert.Equal(keys.Length, Upstream.Requests.Select(Key).Distinct().Count());
    }

    [Fact]
    public async Task TheOnlyKeyRefused_TheProvidersOwnWords()
    {
        Upstream.NextJson(401, """{"error":{"message":"Incorrect API key provided"}}""");
        await using var gateway = await StartAsync(retries: 3, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Contains("Incorrect API key", await TextAsync(response));
        Seen();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task RequestAtFault_IsNeverRetried(int status)
    {
        Upstream.NextJson(status, """{"error":{"message":"no"}}""");
        await using var gateway = await StartAsync(retries: 5, "a", "b");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(status, (int)response.StatusCode);
        Seen();
    }

    [Fact]
    public async Task ProviderSaysNotToRetry_ItIsNotRetried()
    {
        Upstream.NextJson(500, """{"error":{"message":"no"}}""", ("x-should-retry", "false"));
        await using var gateway = await StartAsync(retries: 5, "a");

        Assert.Equal(500, (int)(await gateway.PostAsync("/v1/chat/completions", Request)).StatusCode);
        Seen();
    }

    /// <summary>The error is the primary's, so is what stands beside it.</summary>
    [Fact]
    public async Task AllFail_ThePrimaryIsTold()
    {
        Upstream.NextJson(500, """{"error":{"message":"first"}}""");
        Upstream.NextJson(503, """{"error":{"message":"second"}}""");
        await using var gateway = await StartAsync(retries: 0, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", Request.Insert(1, "\"fallbacks\":[\"chatonly/m\"],"));
        var body = await TextAsync(response);

        Assert.Contains("first", body);
        Assert.Contains("\"provider\":\"openai\"", body);
        Assert.Equal(["openai"], response.Headers.GetValues("x-bf-provider"));
        Assert.Contains("chatonly/m", TrailOf(response));
    }

    [Fact]
    public async Task CutConnection_IsRetried()
    {
        Upstream.Next(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 1, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("outcome=network", TrailOf(response));
    }

    [Theory]
    [InlineData("text/html", "<html>Bad gateway</html>")]
    [InlineData("application/json", "")]
    [InlineData("application/json", """{"id":"c1","choi""")]
    [InlineData("application/json", """{"error":{"message":"overloaded","type":"server_error"}}""")]
    public async Task SoundStatusWithoutAnAnswer_IsRetried(string contentType, string body)
    {
        Upstream.NextBytes(contentType, System.Text.Encoding.UTF8.GetBytes(body));
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(retries: 1, "a");

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("outcome=bad_answer", TrailOf(response));
    }

    [Fact]
    public async Task ErrorInTheFirstFrame_IsRetried()
    {
        var scene = Scene.Of("chat");
        Upstream.NextStream("data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await using var gateway = await StartAsync(retries: 1, "a");

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(scene.Stream, await BytesAsync(response));
        Assert.Equal(2, Upstream.Requests.Count);
    }

    [Fact]
    public async Task ContentRefusal_GoesNowhereElse()
    {
        Upstream.NextJson(400, """{"error":{"message":"against our rules","type":"invalid_request_error","code":"content_policy_violation"}}""");
        await using var gateway = await StartAsync(retries: 5, "a", "b");

        var response = await gateway.PostAsync("/v1/chat/completions", WithFallback);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("against our rules", await TextAsync(response));
        Seen();
    }

    [Fact]
    public async Task CallerHangsUp_WhileTheGatewayWaits_EndsTheRequest()
    {
        Pacing.Stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.NextJson(500, """{"error":{"message":"no"}}""");
        await using var gateway = await StartAsync(retries: 1, "a");
        using var patience = new CancellationTokenSource();

        var call = gateway.Client.PostAsync("/v1/chat/completions", new StringContent(Request), patience.Token);
        await Pacing.Stuck.Task.WaitAsync(Patience);
        await patience.CancelAsync();

        await gateway.LoggedAsync(" 499 ", 1);
        Assert.Contains(gateway.Logs, line => line.Contains("trail=openai/m;key=a;outcome=500;ms=", StringComparison.Ordinal));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Seen();
    }
}
