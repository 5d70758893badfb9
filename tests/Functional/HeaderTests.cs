using BifrostLite.Configuration;
using System.Net.Http.Headers;

namespace BifrostLite.Tests.Functional;

/// <summary>Which headers cross the gateway, and that no credential and nothing of one hop does, in either direction.</summary>
public class HeaderTests : FunctionalTest
{
    private static readonly (string Name, string Value)[] CallersOwn =
    [
        ("Authorization", "Bearer CALLER-SECRET"),
        ("x-api-key", "CALLER-SECRET"),
        ("api-key", "CALLER-SECRET"),
        ("x-goog-api-key", "CALLER-SECRET"),
        ("Cookie", "session=CALLER-SECRET"),
        ("Proxy-Authorization", "Basic CALLER-SECRET"),
        ("x-amz-security-token", "CALLER-SECRET"),
        ("x-bf-vk", "CALLER-SECRET"),
        ("X-Forwarded-For", "10.1.2.3"),
        ("x-bf-eh-authorization", "Bearer CALLER-SECRET"),
        ("x-bf-eh-x-api-key", "CALLER-SECRET"),
        ("x-bf-eh-cookie", "CALLER-SECRET"),
        ("x-bf-eh-host", "evil.example"),
        ("x-bf-eh-content-length", "1"),
        ("x-bf-eh-transfer-encoding", "chunked"),
        ("x-bf-eh-connection", "close"),
        ("x-bf-eh-x-tenant", "blue"),
        ("anthropic-version", "2026-10-21"),
        ("anthropic-beta", "one-2025-01-01,two-2025-02-02"),
        ("openai-beta", "thing=v1"),
    ];

    [Theory]
    [InlineData("messages", "x-api-key", RunningGateway.AnthropicKey)]
    [InlineData("chat", "Authorization", "Bearer " + RunningGateway.OpenAiKey)]
    [InlineData("responses", "Authorization", "Bearer " + RunningGateway.OpenAiKey)]
    [InlineData("converse", "Authorization", "Bearer " + RunningGateway.BedrockKey)]
    [InlineData("genai", "x-goog-api-key", RunningGateway.GeminiKey)]
    [InlineData("invoke", "Authorization", "Bearer " + RunningGateway.BedrockKey)]
    public async Task Upstream_SeesItsOwnKeyAndNoneOfTheCallers(string dialect, string header, string expected)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextJson(400, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithCallersKey);

        using var response = await gateway.PostAsync(scene.Path, scene.Body, CallersOwn);

        var seen = Seen().Headers;
        Assert.Equal(expected, seen[header]);
        Assert.Equal(Upstream.Address.Authority, seen["Host"]);
        Assert.DoesNotContain(seen, h => h.Value.Contains("CALLER-SECRET", StringComparison.Ordinal));
        Assert.DoesNotContain(seen.Keys, name => name.StartsWith("x-bf-", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("X-Forwarded-For", seen.Keys);
        Assert.Equal("blue", seen["x-tenant"]);
    }

    [Fact]
    public async Task VendorHeaders_GoOnlyWhereTheirDialectIsSpoken()
    {
        Upstream.NextJson(400, "{}");
        Upstream.NextJson(400, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithCallersKey);

        using var messages = await gateway.PostAsync(Scene.Of("messages").Path, Scene.Of("messages").Body, CallersOwn);
        using var chat = await gateway.PostAsync(Scene.Of("chat").Path, Scene.Of("chat").Body, CallersOwn);

        var seen = Upstream.Requests.ToArray();
        Assert.Equal("2026-10-21", seen[0].Headers["anthropic-version"]);
        Assert.Equal("one-2025-01-01,two-2025-02-02", seen[0].Headers["anthropic-beta"]);
        Assert.DoesNotContain("openai-beta", seen[0].Headers.Keys);
        Assert.Equal("thing=v1", seen[1].Headers["openai-beta"]);
        Assert.DoesNotContain("anthropic-beta", seen[1].Headers.Keys);
    }

    [Theory]
    [InlineData(200, """{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""")]
    [InlineData(429, """{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}""")]
    public async Task Caller_SeesRequestIdsAndRateLimitsAndNothingOfTheHop(int status, string body)
    {
        var scene = Scene.Of("messages");
        Upstream.NextJson(
            status,
            body,
            ("request-id", "req_1"),
            ("retry-after", "7"),
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("x-ratelimit-remaining-tokens", "12"),
            ("Set-Cookie", "upstream=SECRET"),
            ("Server", "vendor-proxy"),
            ("X-Api-Key", "SECRET"),
            ("Authorization", "SECRET"),
            ("Keep-Alive", "timeout=5"),
            ("Proxy-Authenticate", "Basic"),
            ("Content-Encoding", "identity"));
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithCallersKey);

        using var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("req_1", Header(response, "request-id"));
        Assert.Equal("7", Header(response, "retry-after"));
        Assert.Equal("0", Header(response, "anthropic-ratelimit-requests-remaining"));
        Assert.Equal("12", Header(response, "x-ratelimit-remaining-tokens"));
        foreach (var name in new[] { "Set-Cookie", "Server", "X-Api-Key", "Authorization", "Keep-Alive", "Proxy-Authenticate", "Connection" })
        {
            Assert.False(response.Headers.Contains(name), name);
        }
    }

    [Fact]
    public async Task RequestId_OfTheCaller_ComesBack()
    {
        var scene = Scene.Of("messages");
        Upstream.NextJson(400, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithCallersKey);

        using var response = await gateway.PostAsync(scene.Path, scene.Body, ("x-request-id", "mine-1"));

        Assert.Equal("mine-1", Header(response, "x-bf-request-id"));
    }

    [Theory]
    [InlineData("mine\"1")]
    [InlineData("mine\\1")]
    public async Task RequestId_ThatJsonWouldHaveToEscape_IsNotTaken(string id)
    {
        var scene = Scene.Of("messages");
        Upstream.NextJson(400, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithCallersKey);

        using var response = await gateway.PostAsync(scene.Path, scene.Body, ("x-request-id", id));

        Assert.DoesNotContain("mine", Header(response, "x-bf-request-id"), StringComparison.Ordinal);
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(",", ((HttpHeaders)response.Headers).GetValues(name));

    private static GatewayConfig WithCallersKey(GatewayConfig config) => config with
    {
        Governance = new GovernanceConfig { VirtualKeys = [new VirtualKeyConfig { Id = "vk", Hash = KeyHash.Of("CALLER-SECRET"), AllowAllProviders = true }] },
    };
}
