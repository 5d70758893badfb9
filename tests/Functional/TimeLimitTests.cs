using BifrostLite.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>Each time limit has its setting and its own words; queues and the memory of failures, on a clock that tests move.</summary>
public class TimeLimitTests : FunctionalTest
{
    private const string Answer = """{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}]}""";
    private const string Request = """{"model":"openai/m","messages":[{"role":"user","content":"hi"}]}""";
    private const string WithFallback = """{"model":"openai/m","fallbacks":["chatonly/m2"],"messages":[{"role":"user","content":"hi"}]}""";

    private readonly ManualTime _time = new();
    private readonly NoWaiting _pacing = new();

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("converse")]
    public async Task NoHeaders_Is504NamingItsSetting_AndIsNotRetried(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.Always = Upstream.UntilHungUpAsync;
        await using var gateway = await StartAsync(network => network with { RequestTimeout = TimeSpan.FromSeconds(30), MaxRetries = 3 });

        var response = await PassAsync(gateway.PostAsync(scene.Path, scene.Body));

        Assert.Equal(504, (int)response.StatusCode);
        Assert.Contains("default_request_timeout_in_seconds", await TextAsync(response));
        Seen();
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("converse")]
    public async Task NoFirstToken_Is504NamingItsSetting(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextSilentStream(scene, 1);
        await using var gateway = await StartAsync(network => network with { FirstTokenTimeout = TimeSpan.FromSeconds(10) });

        var response = await PassAsync(gateway.PostAsync(scene.StreamPath, scene.StreamBody));

        Assert.Equal(504, (int)response.StatusCode);
        Assert.Contains("first_token_timeout_in_seconds", await TextAsync(response));
    }

    [Fact]
    public async Task NoFirstToken_TheFallbackAnswers()
    {
        var scene = Scene.Of("chat");
        Upstream.NextSilentStream(scene, 1);
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await using var gateway = await StartAsync(network => network with { FirstTokenTimeout = TimeSpan.FromSeconds(10), MaxRetries = 3 });

        var response = await PassAsync(gateway.PostAsync(scene.StreamPath, WithFallback[..^1] + ",\"stream\":true}"));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("outcome=timeout", response.Headers.GetValues("x-bf-trail").Single());
        Assert.Equal(2, Upstream.Requests.Count);
        await Upstream.CallerHungUp.Task.WaitAsync(Patience);
    }

    /// <summary>It began, said nothing and closed: while its first token is awaited the caller has nothing yet, and another may answer.</summary>
    [Fact]
    public async Task NoFirstToken_AndTheStreamEnds_TheFallbackAnswers()
    {
        var scene = Scene.Of("chat");
        Upstream.NextBytes(scene.ContentType, scene.Frames[..2]);
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await using var gateway = await StartAsync(network => network with { FirstTokenTimeout = TimeSpan.FromSeconds(10) });

        var response = await PassAsync(gateway.PostAsync(scene.StreamPath, WithFallback[..^1] + ",\"stream\":true}"));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("outcome=bad_answer", response.Headers.GetValues("x-bf-trail").Single());
        Assert.Equal(2, Upstream.Requests.Count);
    }

    [Fact]
    public async Task FirstToken_InTime_TheStreamIsWhole()
    {
        var scene = Scene.Of("chat");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await using var gateway = await StartAsync(network => network with { FirstTokenTimeout = TimeSpan.FromSeconds(10) });

        Assert.Equal(scene.Stream, await BytesAsync(await gateway.PostAsync(scene.StreamPath, scene.StreamBody)));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("converse")]
    public async Task HeldBack_ABreakInMidStream_TheFallbackAnswers(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextCutStream(scene, 4);
        Upstream.NextBytes("text/event-stream", Scene.Of("chat").Frames);
        await using var gateway = await StartAsync(network => network with { StreamHoldBackBytes = 64 * 1024 });

        var body = scene.StreamBody[..^1] + ",\"fallbacks\":[\"chatonly/m2\"]}";
        var response = await PassAsync(gateway.PostAsync(scene.StreamPath, body));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("chatonly", response.Headers.GetValues("x-bf-provider").Single());
        Assert.DoesNotContain("error", await TextAsync(response));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("converse")]
    [InlineData("genai")]
    public async Task HeldBack_AWholeStream_IsUnchanged(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextBytes(scene.ContentType, Cut(scene.Stream, 7, 50));
        await using var gateway = await StartAsync(network => network with { StreamHoldBackBytes = 64 * 1024 });

        Assert.Equal(scene.Stream, await BytesAsync(await gateway.PostAsync(scene.StreamPath, scene.StreamBody)));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    public async Task WholeRequest_HasALimitOverAllCandidates(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.Always = Upstream.UntilHungUpAsync;
        await using var gateway = await StartAsync(network => network with { RequestTimeout = TimeSpan.FromHours(1) }, client => client with { RequestDeadline = TimeSpan.FromSeconds(40) });

        var response = await PassAsync(gateway.PostAsync(scene.Path, scene.Body[..^1] + ",\"fallbacks\":[\"chatonly/m2\"]}"));

        Assert.Equal(504, (int)response.StatusCode);
        Assert.Contains("request_deadline_in_seconds", await TextAsync(response));
        Seen();
    }

    [Fact]
    public async Task SilenceInMidStream_IsAnErrorEventNamingItsSetting()
    {
        var scene = Scene.Of("chat");
        Upstream.NextSilentStream(scene, 3);
        await using var gateway = await StartAsync(network => network with { StreamIdleTimeout = TimeSpan.FromSeconds(60) });

        var response = await PassAsync(gateway.PostAsync(scene.StreamPath, scene.StreamBody));
        var text = await PassAsync(TextAsync(response));

        Assert.Contains("stream_idle_timeout_in_seconds", text);
        Assert.DoesNotContain("[DONE]", text);
    }

    [Fact]
    public async Task QueueFull_Is429AtOnce()
    {
        var asked = new SemaphoreSlim(0);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Always = async http =>
        {
            asked.Release();
            await go.Task;
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Answer));
        };
        await using var gateway = await StartAsync(null, client => client with { DropExcessRequests = true }, new ConcurrencyConfig(1, 1));

        var first = gateway.PostAsync("/v1/chat/completions", Request);
        Assert.True(await asked.WaitAsync(Patience));
        var others = new[] { gateway.PostAsync("/v1/chat/completions", Request), gateway.PostAsync("/v1/chat/completions", Request) };
        var refused = await await Task.WhenAny(others);

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Contains("request dropped: queue is full", await TextAsync(refused));
        Assert.Contains("error_type=\"bifrost_dropped\"} 1", await TextAsync(await gateway.Client.GetAsync("/metrics")));
        go.SetResult();
        Assert.Equal(200, (int)(await first).StatusCode);
        Assert.Equal(200, (int)(await others.Single(other => other.Result != refused)).StatusCode);
    }

    [Fact]
    public async Task CallerHangsUp_InTheQueue_NobodyIsAskedForIt()
    {
        Upstream.NextSilentStream(Scene.Of("chat"), 3);
        Upstream.NextJson(200, Answer);
        await using var gateway = await StartAsync(null, null, new ConcurrencyConfig(1, 5));
        var streaming = await gateway.PostAsync("/v1/chat/completions", Scene.Of("chat").StreamBody);
        using var patience = new CancellationTokenSource();
        var queued = gateway.Client.PostAsync("/v1/chat/completions", new StringContent(Request), patience.Token);
        var behind = gateway.PostAsync("/v1/chat/completions", Request);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        streaming.Dispose();

        Assert.Equal(200, (int)(await behind).StatusCode);
        Assert.InRange(Upstream.Requests.Count, 2, 3);
    }

    [Fact]
    public async Task FailingProvider_IsLeftAloneAndProbed_WhileSomebodyElseAnswers()
    {
        var isDown = true;
        Upstream.Always = async http =>
        {
            var fails = isDown && Upstream.Requests.Last().Text.Contains("\"m\"", StringComparison.Ordinal);
            http.Response.StatusCode = fails ? 503 : 200;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(fails ? """{"error":{"message":"down"}}""" : Answer);
        };
        await using var gateway = await StartAsync(network => network with { MaxRetries = 2 });

        Assert.Equal(["openai", "openai", "openai", "chatonly"], await AskedAsync(gateway));
        Assert.Equal(["openai", "openai", "chatonly"], await AskedAsync(gateway));
        Assert.Equal(["chatonly"], await AskedAsync(gateway));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["openai", "chatonly"], await AskedAsync(gateway));
        Assert.Equal(["chatonly"], await AskedAsync(gateway));

        isDown = false;
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(["openai"], await AskedAsync(gateway));
        Assert.Equal(["openai"], await AskedAsync(gateway));
    }

    [Fact]
    public async Task FailingProvider_WithNobodyElse_IsAskedAllTheSame()
    {
        Upstream.Always = http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using var gateway = await StartAsync(null);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(500, (int)(await gateway.PostAsync("/v1/chat/completions", Request)).StatusCode);
        }

        Assert.Equal(10, Upstream.Requests.Count);
    }

    /// <summary>The providers that one request reaches, in order.</summary>
    private async Task<string[]> AskedAsync(RunningGateway gateway)
    {
        Upstream.Requests.Clear();
        var response = await gateway.PostAsync("/v1/chat/completions", WithFallback);
        Assert.Equal(200, (int)response.StatusCode);
        return [.. Upstream.Requests.Select(request => request.Text.Contains("\"m2\"", StringComparison.Ordinal) ? "chatonly" : "openai")];
    }

    /// <summary>Lets the gateway's time pass until something has come of it.</summary>
    private async Task<T> PassAsync<T>(Task<T> until)
    {
        while (!until.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(until, Task.Delay(1));
        }

        return await until;
    }

    private Task<RunningGateway> StartAsync(
        Func<NetworkConfig, NetworkConfig>? network, Func<ClientConfig, ClientConfig>? client = null, ConcurrencyConfig? limits = null) => RunningGateway.StartAsync(
        Upstream,
        config => config with
        {
            Client = client is null ? config.Client : client(config.Client),
            Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
            {
                Concurrency = limits,
                Network = network is null ? p.Value.Network : network(p.Value.Network),
            }),
        },
        replace: services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            _pacing.Install(services);
        });
}
