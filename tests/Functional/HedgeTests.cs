using BifrostLite.Configuration;
using BifrostLite.Pipeline.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>A second candidate beside a slow first one: who answers, who is hung up on, what is billed and told; on a clock that tests move.</summary>
public sealed class HedgeTests : FunctionalTest
{
    private const string Value = "sk-bf-hedges";
    private const string Request = """{"model":"openai/gpt-4o","max_tokens":10,"fallbacks":["chatonly/gpt-4o-mini"],"messages":[{"role":"user","content":"hi"}]}""";

    private readonly ManualTime _time = new();

    [Fact]
    public async Task SlowFirst_TheSecondAnswersAndTheFirstIsHungUpOn()
    {
        var asked = Play(first: Upstream.UntilHungUpAsync, second: http => AnswerAsync(http, "second"));
        await using var gateway = await StartAsync();

        var response = await RaceAsync(gateway, asked);

        Assert.Contains("second", await TextAsync(response));
        Assert.Equal("chatonly", response.Headers.GetValues("x-bf-provider").Single());
        Assert.Matches(
            "^openai/gpt-4o;key=openai-key;outcome=outrun;ms=\\d+, chatonly/gpt-4o-mini;key=chatonly-key;outcome=ok;ms=\\d+$", string.Join(", ", response.Headers.GetValues("x-bf-trail")));
        await Upstream.CallerHungUp.Task.WaitAsync(Patience);
        await IdleAsync(gateway);
        Assert.Equal(1, Counted(gateway, series => series.Hedges));
        Assert.Equal(0, Counted(gateway, series => series.Fallbacks));
    }

    [Fact]
    public async Task FirstInTime_NobodyElseIsAsked()
    {
        Play(first: http => AnswerAsync(http, "first"), second: http => AnswerAsync(http, "second"));
        await using var gateway = await StartAsync();

        var response = await gateway.PostAsync("/v1/chat/completions", Request);

        Assert.Contains("first", await TextAsync(response));
        Assert.False(response.Headers.Contains("x-bf-trail"));
        Assert.Single(Upstream.Requests);
    }

    [Fact]
    public async Task SlowFirst_ThatIsStillFaster_Answers()
    {
        var asked = PlayLate(first: http => AnswerAsync(http, "first"));
        await using var gateway = await StartAsync();

        var response = await RaceAsync(gateway, asked);

        Assert.Contains("first", await TextAsync(response));
        Assert.Matches("chatonly/gpt-4o-mini;key=chatonly-key;outcome=outrun;ms=\\d+, openai/gpt-4o;key=openai-key;outcome=ok", string.Join(", ", response.Headers.GetValues("x-bf-trail")));
        await Upstream.CallerHungUp.Task.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(false, "^chatonly/.*outcome=500;ms=\\d+, openai/.*outcome=503;ms=\\d+, anthropic/gone;.*outcome=404;ms=\\d+$")]
    [InlineData(true, "^chatonly/.*outcome=400;ms=\\d+, openai/.*outcome=503;ms=\\d+$")]
    public async Task BothFail_TheFirstsErrorIsTold_AndTheThirdIsAskedUnlessTheContentWasRefused(bool isRefused, string trail)
    {
        var firstMayFail = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = Play(
            first: async http =>
            {
                await firstMayFail.Task;
                await FailAsync(http, 503);
            },
            second: async http =>
            {
                await (isRefused ? RefuseContentAsync(http) : FailAsync(http, 500));
                firstMayFail.TrySetResult();
            });
        await using var gateway = await StartAsync();

        var response = await RaceAsync(gateway, asked, Request.Replace("\"chatonly/gpt-4o-mini\"", "\"chatonly/gpt-4o-mini\",\"anthropic/gone\"", StringComparison.Ordinal));

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Matches(trail, string.Join(", ", response.Headers.GetValues("x-bf-trail")));
        Assert.Equal(isRefused ? 2 : 3, Upstream.Requests.Count);
    }

    [Fact]
    public async Task FirstRefusesTheContent_TheSecondMayNotOverruleIt()
    {
        var asked = PlayLate(first: RefuseContentAsync);
        await using var gateway = await StartAsync();

        var response = await RaceAsync(gateway, asked);

        Assert.Equal(400, (int)response.StatusCode);
        await Upstream.CallerHungUp.Task.WaitAsync(Patience);
    }

    /// <summary>The stream that lost had told its input and written "hello world": both calls are the caller's.</summary>
    [Fact]
    public async Task LosersStream_IsBilledForWhatHadCome()
    {
        var asked = Play(
            first: async http =>
            {
                http.Response.ContentType = "text/event-stream";
                await http.Response.WriteAsync("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-sonnet-4-5\",\"content\":[],\"usage\":{\"input_tokens\":100,\"output_tokens\":1}}}\n\n");
                await Upstream.UntilHungUpAsync(http);
            },
            second: http => StreamAsync(http));
        await using var gateway = await StartAsync(network => network with { FirstTokenTimeout = TimeSpan.FromSeconds(100) });

        var response = await RaceAsync(
            gateway,
            asked,
            """{"model":"anthropic/claude-sonnet-4-5","max_tokens":10,"stream":true,"fallbacks":["chatonly/gpt-4o-mini"],"messages":[{"role":"user","content":"hi"}]}""",
            ("x-bf-vk", Value));
        await BytesAsync(response);
        await IdleAsync(gateway);

        Assert.Contains("outrun", string.Join(", ", response.Headers.GetValues("x-bf-trail")));
        Assert.Equal(100, Tokens(gateway, "anthropic").Input);
        Assert.Equal((10, 5), Tokens(gateway, "chatonly"));
    }

    [Fact]
    public async Task Limits_TheSecondNeedsItsOwnReservation_AndRequestsCountOnce()
    {
        var asked = Play(first: Upstream.UntilHungUpAsync, second: http => AnswerAsync(http, "second"));
        await using var gateway = await StartAsync(requests: 3);

        await BytesAsync(await RaceAsync(gateway, asked, Request, ("x-bf-vk", Value)));
        await IdleAsync(gateway);
        Upstream.Always = http => AnswerAsync(http, "later");
        var next = await gateway.PostAsync("/v1/chat/completions", Request, ("x-bf-vk", Value));

        Assert.Equal("1", next.Headers.GetValues("x-bf-remaining-requests").Single());
    }

    [Fact]
    public async Task Limits_WithoutRoomForASecond_TheFirstIsAwaited()
    {
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Always = async http =>
        {
            isAsked.TrySetResult();
            await mayAnswer.Task;
            await AnswerAsync(http, "first");
        };
        await using var gateway = await StartAsync(requests: 1);

        var call = gateway.PostAsync("/v1/chat/completions", Request, ("x-bf-vk", Value));
        await isAsked.Task.WaitAsync(Patience);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Delay(5);
        }

        mayAnswer.TrySetResult();
        var response = await call.WaitAsync(Patience);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Single(Upstream.Requests);
    }

    [Fact]
    public async Task CallerHangsUp_BothCallsAreClosed()
    {
        var both = new CountdownEvent(2);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = 2;
        async Task Silent(HttpContext http)
        {
            both.Signal();
            await Upstream.UntilHungUpAsync(http);
            if (Interlocked.Decrement(ref left) == 0)
            {
                closed.TrySetResult();
            }
        }

        var asked = Play(Silent, Silent);
        await using var gateway = await StartAsync();
        using var patience = new CancellationTokenSource();

        var call = gateway.Client.PostAsync("/v1/chat/completions", new StringContent(Request), patience.Token);
        await PassAsync(asked);
        Assert.True(both.Wait(Patience));
        await patience.CancelAsync();

        await closed.Task.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await IdleAsync(gateway);
        Assert.Equal(1, Counted(gateway, series => series.Cancelled));
    }

    [Fact]
    public async Task Percentile_OfKnownLatencies_IsTheDelay()
    {
        Upstream.Always = http => AnswerAsync(http, "quick");
        await using var gateway = await StartAsync(network => network with { HedgeDelay = null, HedgePercentile = 95 });
        for (var i = 0; i < 20; i++)
        {
            await BytesAsync(await gateway.PostAsync("/v1/chat/completions", Request));
        }

        Upstream.Requests.Clear();
        var asked = Play(first: Upstream.UntilHungUpAsync, second: http => AnswerAsync(http, "second"));
        var call = gateway.PostAsync("/v1/chat/completions", Request);
        await PassAsync(asked, TimeSpan.FromMilliseconds(1));

        Assert.Contains("second", await TextAsync(await call.WaitAsync(Patience)));
    }

    private static Task AnswerAsync(HttpContext http, string text)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(
            $$$"""{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"{{{text}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}""");
    }

    private static Task StreamAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        return http.Response.WriteAsync(
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"second\"}}]}\n\n"
            + "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}}\n\ndata: [DONE]\n\n");
    }

    private static Task RefuseContentAsync(HttpContext http)
    {
        http.Response.StatusCode = 400;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"error":{"message":"against our rules","type":"invalid_request_error","code":"content_policy_violation"}}""");
    }

    private static Task FailAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync("""{"error":{"message":"no"}}""");
    }

    private static long Counted(RunningGateway gateway, Func<ModelSeries, long> count) => gateway.Service<GatewayMetrics>().Models.Sum(count);

    private static (long Input, long Output) Tokens(RunningGateway gateway, string provider)
    {
        var series = gateway.Service<GatewayMetrics>().Models.Where(each => each.Labels.Contains($"provider=\"{provider}\"", StringComparison.Ordinal)).ToList();
        return (series.Sum(each => each.InputTokens), series.Sum(each => each.OutputTokens));
    }

    /// <summary>Until everything is settled.</summary>
    private static async Task IdleAsync(RunningGateway gateway)
    {
        while (gateway.Service<GatewayMetrics>().Active > 0)
        {
            await Task.Delay(1);
        }
    }

    /// <summary>The first call gets one answer, the next the other; a third gets 404.</summary>
    private Asked Play(Func<HttpContext, Task> first, Func<HttpContext, Task> second)
    {
        var isFirst = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isSecond = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        Upstream.Always = http =>
        {
            var number = Interlocked.Increment(ref count);
            (number == 1 ? isFirst : isSecond).TrySetResult();
            return number switch { 1 => first(http), 2 => second(http), _ => FailAsync(http, 404) };
        };
        return new Asked(isFirst.Task, isSecond.Task);
    }

    /// <summary>The first answers once the second is asked, which never does.</summary>
    private Asked PlayLate(Func<HttpContext, Task> first)
    {
        var secondIsAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Play(
            async http =>
            {
                await secondIsAsked.Task;
                await first(http);
            },
            http =>
            {
                secondIsAsked.TrySetResult();
                return Upstream.UntilHungUpAsync(http);
            });
    }

    /// <summary>One call whose first candidate is too slow.</summary>
    private async Task<HttpResponseMessage> RaceAsync(RunningGateway gateway, Asked asked, string request = Request, params (string, string)[] headers)
    {
        var call = gateway.PostAsync("/v1/chat/completions", request, headers);
        await PassAsync(asked);
        return await call.WaitAsync(Patience);
    }

    /// <summary>Once the first was asked time passes, until the second is.</summary>
    private async Task PassAsync(Asked asked, TimeSpan? step = null)
    {
        await asked.First.WaitAsync(Patience);
        while (!asked.Second.IsCompleted)
        {
            _time.Advance(step ?? TimeSpan.FromSeconds(2));
            await Task.WhenAny(asked.Second, Task.Delay(5));
        }
    }

    private Task<RunningGateway> StartAsync(Func<NetworkConfig, NetworkConfig>? adjust = null, long requests = 100) => RunningGateway.StartAsync(
        Upstream,
        config => RunningGateway.Network(network => (adjust ?? (same => same))(network with { HedgeDelay = TimeSpan.FromSeconds(2), RequestTimeout = TimeSpan.FromHours(1) }))(config) with
        {
            Governance = new GovernanceConfig
            {
                VirtualKeys =
                [
                    new VirtualKeyConfig
                    {
                        Id = "vk", Name = "tests", Hash = KeyHash.Of(Value), AllowAllProviders = true,
                        Limits = new LimitsConfig { RateLimit = new RateLimitConfig { Id = "", MaxRequests = requests, RequestReset = new ResetPeriod(1, 'h') } },
                    },
                ],
            },
        },
        replace: services => services.AddSingleton<TimeProvider>(_time));

    private sealed record Asked(Task First, Task Second);
}
