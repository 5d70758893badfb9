using System.Text;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional;

/// <summary>Budgets and rate limits as callers meet them: refusals in each dialect, providers that leave the routing, what is left in headers.</summary>
public sealed class LimitTests : FunctionalTest
{
    private const string Value = "sk-bf-limits";

    private const string Answer =
        """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}""";

    public static TheoryData<string> Dialects => ["chat", "cursor", "responses", "messages", "converse", "genai"];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Requests_UsedUp_AreRefusedInEachDialect(string dialect)
    {
        await using var gateway = await StartAsync(key => key with { Limits = Requests(0) });

        var response = await CallAsync(gateway, dialect);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(["0"], response.Headers.GetValues("x-bf-remaining-requests"));
        Assert.Equal(1, string.Join(", ", response.Headers.GetValues("x-bf-trail")).Split("outcome=limited").Length - 1);
        await MessageAsync(response, dialect, "request_limited", "Rate limit exceeded: virtual key request limit exceeded (0/0, resets every 1h)");
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Budget_UsedUp_IsRefusedInEachDialect(string dialect)
    {
        await using var gateway = await StartAsync(key => key with { Limits = Budget(0) });

        var response = await CallAsync(gateway, dialect);

        Assert.Equal(402, (int)response.StatusCode);
        await MessageAsync(response, dialect, "budget_exceeded", "Budget exceeded: virtual key budget exceeded: 0.0000 of 0.0000 dollars, resets every 1d");
    }

    [Fact]
    public async Task Tokens_CountWhatTheProviderSays_AndRefuseWhenTheyAreGone()
    {
        await using var gateway = await StartAsync(key => key with
        {
            Limits = new LimitsConfig { RateLimit = new RateLimitConfig { Id = "r", MaxTokens = 30, TokenReset = new ResetPeriod(1, 'h') } },
        });
        Upstream.Always = http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer)).AsTask();

        await DoneAsync(await CallAsync(gateway, "chat"), 200);
        var second = await CallAsync(gateway, "chat");
        Assert.Equal(["0"], second.Headers.GetValues("x-bf-remaining-tokens"));
        await DoneAsync(second, 200);
        var third = await CallAsync(gateway, "chat");

        Assert.Equal(429, (int)third.StatusCode);
        await MessageAsync(third, "chat", "token_limited", "Rate limit exceeded: virtual key token limit exceeded (30/30, resets every 1h)");
        Assert.Equal(2, Upstream.Requests.Count);
    }

    [Fact]
    public async Task Requests_FailedCalls_CostNothing()
    {
        await using var gateway = await StartAsync(key => key with { Limits = Requests(1) });
        Upstream.NextJson(500, "{}");
        Upstream.NextJson(200, Answer);

        await DoneAsync(await CallAsync(gateway, "chat"), 500);
        var served = await CallAsync(gateway, "chat");
        Assert.Equal(["0"], served.Headers.GetValues("x-bf-remaining-requests"));
        await DoneAsync(served, 200);
        await DoneAsync(await CallAsync(gateway, "chat"), 429);
    }

    [Fact]
    public async Task Provider_OverItsLimit_LeavesTheRoutingUntilNobodyIsLeft()
    {
        await using var gateway = await StartAsync(key => key with
        {
            Providers =
            [
                new ProviderGrantConfig { Provider = "openai", Limits = Requests(1) },
                new ProviderGrantConfig { Provider = "chatonly", Limits = Requests(1) },
            ],
        });
        Upstream.Always = http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer)).AsTask();
        var body = """{"model":"openai/m","messages":[],"fallbacks":["chatonly/m"]}""";

        var providers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var response = await gateway.PostAsync("/v1/chat/completions", body, ("x-bf-vk", Value));
            providers.Add(response.IsSuccessStatusCode ? response.Headers.GetValues("x-bf-provider").Single() : ((int)response.StatusCode).ToString());
            await BytesAsync(response);
        }

        Assert.Equal(["openai", "chatonly", "429"], providers);
    }

    [Theory]
    [InlineData("team")]
    [InlineData("customer")]
    [InlineData("team's customer")]
    public async Task Owner_OverItsBudget_StopsItsKeys(string owner)
    {
        await using var gateway = await StartAsync(
            key => owner == "customer" ? key with { CustomerId = "c" } : key with { TeamId = "t" },
            governance => governance with
            {
                Teams = [new OwnerConfig { Id = "t", CustomerId = "c", Limits = owner == "team" ? Budget(0) : LimitsConfig.None }],
                Customers = [new OwnerConfig { Id = "c", Limits = owner == "team" ? LimitsConfig.None : Budget(0) }],
            });

        var response = await CallAsync(gateway, "chat");

        Assert.Equal(402, (int)response.StatusCode);
        Assert.StartsWith($"Budget exceeded: {(owner == "team" ? "team" : "customer")} budget", Envelope.Message("chat", await JsonAsync(response)), StringComparison.Ordinal);
    }

    /// <summary>Limits of a provider or a model hold for everybody together, with a key or without.</summary>
    [Theory]
    [InlineData("openai", "*", "provider", "openai", "chatonly", "429")]
    [InlineData("openai", "*", "model", "openai", "chatonly", "429")]
    [InlineData("openai", "M", "model", "openai", "chatonly", "429")]
    [InlineData(null, "m", "model", "openai", "429", "429")]
    [InlineData(null, "other", "model", "openai", "openai", "openai")]
    [InlineData("anthropic", "*", "model", "openai", "openai", "openai")]
    public async Task Model_OverItsLimit_LeavesTheRouting(string? provider, string model, string owner, params string[] expected)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with
        {
            Governance = new GovernanceConfig
            {
                VirtualKeys = [new VirtualKeyConfig { Id = "vk", Name = "tests", Hash = KeyHash.Of(Value), AllowAllProviders = true }],
                ModelLimits =
                [
                    new ModelLimitsConfig { Id = "x", Provider = provider, Model = model, IsProviders = owner == "provider", Limits = Requests(1) },
                    new ModelLimitsConfig { Id = "y", Provider = "chatonly", Limits = Requests(1) },
                ],
            },
        });
        Upstream.Always = http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer)).AsTask();
        var body = """{"model":"openai/m","messages":[],"fallbacks":["chatonly/m"]}""";

        var providers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var response = await gateway.PostAsync("/v1/chat/completions", body, i == 1 ? [("x-bf-vk", Value)] : []);
            providers.Add(response.IsSuccessStatusCode ? response.Headers.GetValues("x-bf-provider").Single() : ((int)response.StatusCode).ToString());
            var text = await TextAsync(response);
            Assert.True(response.IsSuccessStatusCode || text.Contains($"Rate limit exceeded: {owner} request limit exceeded (1/1, resets every 1h)", StringComparison.Ordinal), text);
        }

        Assert.Equal(expected, providers);
    }

    [Fact]
    public async Task Model_LimitOfOneKey_IsNobodyElses()
    {
        await using var gateway = await StartAsync(key => key, governance => governance with
        {
            ModelLimits = [new ModelLimitsConfig { Id = "x", VirtualKeyId = "vk", Limits = Requests(0) }],
        });
        Upstream.Always = http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer)).AsTask();

        await DoneAsync(await CallAsync(gateway, "chat"), 429);
        await DoneAsync(await gateway.PostAsync(Scene.Of("chat").Path, Scene.Of("chat").Body), 200);
    }

    [Fact]
    public async Task Requests_ManyAtOnce_NeverPassTogether()
    {
        await using var gateway = await StartAsync(key => key with { Limits = Requests(5) });
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Always = async http =>
        {
            await refused.Task;
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer));
        };
        var left = 35;

        var calls = Enumerable.Range(0, 40).Select(async _ =>
        {
            using var response = await CallAsync(gateway, "chat");
            if (!response.IsSuccessStatusCode && Interlocked.Decrement(ref left) == 0)
            {
                refused.TrySetResult();
            }

            return (int)response.StatusCode;
        });
        var statuses = await Task.WhenAll(calls).WaitAsync(Patience);

        Assert.Equal(5, statuses.Count(status => status == 200));
        Assert.Equal(35, statuses.Count(status => status == 429));
        Assert.Equal(5, Upstream.Requests.Count);
    }

    [Fact]
    public async Task Tokens_UsedUp_MayStillBeCounted()
    {
        await using var gateway = await StartAsync(key => key with
        {
            Limits = new LimitsConfig { RateLimit = new RateLimitConfig { Id = "r", MaxTokens = 0, TokenReset = new ResetPeriod(1, 'h') } },
        });
        Upstream.NextJson(200, """{"input_tokens":12}""");

        await DoneAsync(await gateway.PostAsync("/v1/messages/count_tokens", """{"model":"anthropic/m","messages":[]}""", ("x-bf-vk", Value)), 200);
        await DoneAsync(await CallAsync(gateway, "messages"), 429);
    }

    /// <summary>What is missing is reserved for somebody who is being answered: it may come free at any moment, not only when the hour is over.</summary>
    [Fact]
    public async Task Tokens_ReservedByAnother_MayComeAgainSoon()
    {
        await using var gateway = await StartAsync(key => key with
        {
            Limits = new LimitsConfig { RateLimit = new RateLimitConfig { Id = "r", MaxTokens = 100, TokenReset = new ResetPeriod(1, 'h') } },
        });
        var body = """{"model":"openai/gpt-4o","max_tokens":60,"messages":[{"role":"user","content":"hi"}]}""";
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            asked.SetResult();
            await refused.Task;
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer));
        });

        var first = gateway.PostAsync("/v1/chat/completions", body, ("x-bf-vk", Value));
        await asked.Task.WaitAsync(Patience);
        var second = await gateway.PostAsync("/v1/chat/completions", body, ("x-bf-vk", Value));
        refused.SetResult();

        Assert.Equal(429, (int)second.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter!.Delta);
        await DoneAsync(await first, 200);
    }

    [Fact]
    public async Task Budget_CostOfAnswers_IsTakenFromWhatIsLeft()
    {
        await using var gateway = await StartAsync(key => key with { Limits = Budget(1) });
        Upstream.Always = http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer)).AsTask();
        var body = """{"model":"openai/gpt-4o","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""";

        await DoneAsync(await gateway.PostAsync("/v1/chat/completions", body, ("x-bf-vk", Value)), 200);
        var second = await gateway.PostAsync("/v1/chat/completions", body, ("x-bf-vk", Value));

        var left = decimal.Parse(second.Headers.GetValues("x-bf-remaining-budget").Single(), System.Globalization.CultureInfo.InvariantCulture);
        await DoneAsync(second, 200);
        Assert.InRange(left, 0.99m, 0.99999m);
    }

    private Task<RunningGateway> StartAsync(Func<VirtualKeyConfig, VirtualKeyConfig> adjust, Func<GovernanceConfig, GovernanceConfig>? others = null) =>
        RunningGateway.StartAsync(Upstream, config =>
        {
            var governance = new GovernanceConfig
            {
                VirtualKeys = [adjust(new VirtualKeyConfig { Id = "vk", Name = "tests", Hash = KeyHash.Of(Value), AllowAllProviders = true })],
            };
            return config with { Governance = others is null ? governance : others(governance) };
        });

    private static LimitsConfig Requests(long most) =>
        new() { RateLimit = new RateLimitConfig { Id = "", MaxRequests = most, RequestReset = new ResetPeriod(1, 'h') } };

    private static LimitsConfig Budget(decimal most) => new() { Budgets = [new BudgetConfig { Id = "b", MaxLimit = most, Reset = new ResetPeriod(1, 'd') }] };

    private static Task<HttpResponseMessage> CallAsync(RunningGateway gateway, string dialect) =>
        gateway.PostAsync(Scene.Of(dialect).Path, Scene.Of(dialect).Body, ("x-bf-vk", Value));

    /// <summary>Reads the answer to its end; what it used is settled soon after.</summary>
    private static async Task DoneAsync(HttpResponseMessage response, int status)
    {
        await BytesAsync(response);
        Assert.Equal(status, (int)response.StatusCode);
    }

    private static async Task MessageAsync(HttpResponseMessage response, string dialect, string type, string message)
    {
        var body = await JsonAsync(response);
        Assert.Equal(message, Envelope.Message(dialect, body));
        if (dialect is "chat" or "cursor" or "responses")
        {
            Assert.Equal(type, body.GetProperty("type").GetString());
        }
    }
}
