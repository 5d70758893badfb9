using BifrostLite.Configuration;
using BifrostLite.Configuration.Rules;

namespace BifrostLite.Tests.Functional;

/// <summary>Rules of the configuration that send requests elsewhere, and give them fallbacks.</summary>
public class RoutingRuleTests : FunctionalTest
{
    private const string Answer = """{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}]}""";

    [Fact]
    public async Task Rule_ThatHolds_ChoosesProviderAndModel()
    {
        await using var gateway = await StartAsync(Rule("headers[\"x-tier\"] == \"premium\"", Target("chatonly", "big")));

        await AskAsync(gateway, "openai/small");
        await AskAsync(gateway, "openai/small", ("x-tier", "premium"));

        Assert.Equal(["small", "big"], Models());
    }

    [Fact]
    public async Task Fallbacks_OfARule_AreAskedWhenTheRequestNamesNone()
    {
        await using var gateway = await StartAsync(Rule("true", Target("", "")) with { Fallbacks = ["chatonly/", "chatonly/last"] });
        Upstream.Next(http => FailAsync(http));
        Upstream.Next(http => FailAsync(http));

        var response = await AskAsync(gateway, "openai/m");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["m", "m", "last"], Models());
    }

    [Fact]
    public async Task Fallbacks_OfTheRequest_ComeInTheirPlace()
    {
        await using var gateway = await StartAsync(Rule("true", Target("", "")) with { Fallbacks = ["chatonly/theirs"] });
        Upstream.Next(http => FailAsync(http));

        await gateway.PostAsync("/v1/chat/completions", """{"model":"openai/m","fallbacks":["chatonly/mine"],"messages":[{"role":"user","content":"hi"}]}""");

        Assert.Equal(["m", "mine"], Models());
    }

    /// <summary>Half of the model's requests go there, then the rule sends them elsewhere before anybody is refused.</summary>
    [Fact]
    public async Task Measures_OfLimits_AreThoseOfTheModelAskedFor()
    {
        var rule = Rule("request >= 50 && budget_used == 0 && tokens_used == 0", Target("chatonly", "spare"));
        await using var gateway = await StartAsync(governance => governance with
        {
            RoutingRules = [rule],
            ModelLimits =
            [
                new ModelLimitsConfig
                {
                    Id = "x", Provider = "openai", Model = "m",
                    Limits = new LimitsConfig { RateLimit = new RateLimitConfig { Id = "", MaxRequests = 4, RequestReset = new ResetPeriod(1, 'h') } },
                },
            ],
        });

        for (var i = 0; i < 4; i++)
        {
            await TextAsync(await AskAsync(gateway, "openai/m"));
        }

        await AskAsync(gateway, "openai/other");
        Assert.Equal(["m", "m", "spare", "spare", "other"], Models());
    }

    [Fact]
    public async Task Chain_LooksAgainWithWhatWasDecided_AndComesToAnEnd()
    {
        await using var gateway = await StartAsync(
            Rule("model == \"a\"", Target("", "b")) with { IsChained = true },
            Rule("model == \"b\"", Target("", "c")) with { IsChained = true },
            Rule("model == \"c\"", Target("", "a")) with { IsChained = true });

        await AskAsync(gateway, "chatonly/a");

        Assert.Equal(["a"], Models());
    }

    [Fact]
    public async Task Scope_OfAnotherVirtualKey_DoesNotHold()
    {
        await using var gateway = await StartAsync(Rule("true", Target("chatonly", "theirs")) with { Scope = "virtual_key", ScopeId = "vk-1" });

        await AskAsync(gateway, "openai/m");

        Assert.Equal(["m"], Models());
    }

    private static Task FailAsync(Microsoft.AspNetCore.Http.HttpContext http)
    {
        http.Response.StatusCode = 500;
        return Task.CompletedTask;
    }

    private static RoutingTargetConfig Target(string provider, string model) => new(provider, model, "", "", 1);

    private static RoutingRuleConfig Rule(string condition, RoutingTargetConfig target)
    {
        Assert.True(RuleCondition.TryParse(condition, out var made, out var problem), problem);
        return new RoutingRuleConfig { Name = condition, Condition = made, Targets = [target] };
    }

    private static Task<HttpResponseMessage> AskAsync(RunningGateway gateway, string model, params (string Name, string Value)[] headers) =>
        gateway.PostAsync("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""", headers);

    private IEnumerable<string> Models() => Upstream.Requests.Select(request => request.Text.Split("\"model\":\"")[1].Split('"')[0]);

    private Task<RunningGateway> StartAsync(params RoutingRuleConfig[] rules) => StartAsync(governance => governance with { RoutingRules = rules });

    private Task<RunningGateway> StartAsync(Func<GovernanceConfig, GovernanceConfig> adjust)
    {
        Upstream.Always = async http =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Answer));
        };
        return RunningGateway.StartAsync(Upstream, config => config with { Governance = adjust(config.Governance) });
    }
}
