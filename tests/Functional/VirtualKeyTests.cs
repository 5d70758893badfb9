using System.Text.Json;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional;

/// <summary>Who may call, and whom: refusals in the words of each dialect, and what a virtual key leaves of providers, models and keys.</summary>
public sealed class VirtualKeyTests : FunctionalTest
{
    private const string Value = "sk-bf-11111111-2222-3333-4444-555555555555";
    private const string Answer = """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}""";

    public static TheoryData<string> Dialects => ["chat", "cursor", "responses", "messages", "converse", "genai"];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Call_NoKeyWhereOneIsAskedFor_IsRefusedUnread(string dialect)
    {
        await using var gateway = await StartAsync(isEnforced: true);

        var response = await gateway.PostAsync(Scene.Of(dialect).Path, "no JSON", ("Authorization", "Bearer sk-somebody-elses"));

        await RefusedAsync(response, dialect, 401, "virtual_key_required", "virtual key is required. Provide a virtual key via the x-bf-vk header.");
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Call_KeyNobodyHas_IsRefusedEvenWhereNoneIsAskedFor(string dialect)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.PostAsync(Scene.Of(dialect).Path, Scene.Of(dialect).Body, ("x-bf-vk", "whatever"));

        await RefusedAsync(
            response, dialect, 403, "access_not_found", "virtual key not found. The provided virtual key does not exist or has been revoked.");
    }

    [Theory]
    [InlineData("x-bf-vk", "")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("authorization", "bearer ")]
    [InlineData("x-api-key", "")]
    [InlineData("x-goog-api-key", "")]
    [InlineData("api-key", "")]
    public async Task Call_KeyInAnyOfItsHeaders_PassesAndStaysBehind(string header, string before)
    {
        await using var gateway = await StartAsync(isEnforced: true);
        Upstream.NextJson(200, Answer);

        var response = await gateway.PostAsync("/v1/chat/completions", Scene.Of("chat").Body, (header, before + Value));

        Assert.Equal(200, (int)response.StatusCode);
        var seen = Seen();
        Assert.DoesNotContain(seen.Headers, h => h.Value.Contains(Value, StringComparison.OrdinalIgnoreCase));
        Assert.Equal("Bearer " + RunningGateway.OpenAiKey, seen.Headers["Authorization"]);
    }

    [Fact]
    public async Task Call_PrefixInCapitals_IsStillAVirtualKey()
    {
        await using var gateway = await StartAsync();

        var response = await gateway.PostAsync("/v1/chat/completions", Scene.Of("chat").Body, ("x-api-key", "SK-BF-unknown"));

        Assert.Equal(403, (int)response.StatusCode);
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Call_OldKeyWithoutPrefix_CountsOnlyInItsOwnHeader()
    {
        await using var gateway = await StartAsync(isEnforced: true, key => key with { Hash = KeyHash.Of("vk-engineering-main") });
        Upstream.NextJson(200, Answer);

        var asBearer = await gateway.PostAsync("/v1/chat/completions", Scene.Of("chat").Body, ("Authorization", "Bearer vk-engineering-main"));
        var asItself = await gateway.PostAsync("/v1/chat/completions", Scene.Of("chat").Body, ("x-bf-vk", "vk-engineering-main"));

        Assert.Equal(401, (int)asBearer.StatusCode);
        Assert.Equal(200, (int)asItself.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Call_InactiveKey_IsBlocked(string dialect)
    {
        await using var gateway = await StartAsync(adjust: key => key with { IsActive = false });

        var response = await CallAsync(gateway, dialect);

        await RefusedAsync(response, dialect, 403, "access_blocked", "Virtual key is inactive");
    }

    [Theory]
    [InlineData(false, "access_blocked", "Virtual key has expired")]
    [InlineData(true, "access_not_found", "virtual key not found. The provided virtual key does not exist or has been revoked.")]
    public async Task Call_ExpiredKey_IsBlockedOrGone(bool isDeleted, string type, string message)
    {
        await using var gateway = await StartAsync(
            adjust: key => key with { ExpiresAt = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), DeleteAfterExpire = isDeleted });

        await RefusedAsync(await CallAsync(gateway, "chat"), "chat", 403, type, message);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Call_ProviderNotGranted_IsBlocked(string dialect)
    {
        await using var gateway = await StartAsync(adjust: key => key with { Providers = [new ProviderGrantConfig { Provider = "demo" }] });

        var response = await CallAsync(gateway, dialect);

        var provider = Scene.Of(dialect).Dialect switch { "messages" => "anthropic", "converse" => "bedrock", "genai" => "gemini", "cursor" => "chatonly", _ => "openai" };
        await RefusedAsync(response, dialect, 403, "provider_blocked", $"Provider '{provider}' is not allowed for this virtual key");
    }

    [Theory]
    [InlineData(new string[0], new string[0], false)]
    [InlineData(new[] { "*" }, new string[0], true)]
    [InlineData(new[] { "M" }, new string[0], true)]
    [InlineData(new[] { "openai/m" }, new string[0], true)]
    [InlineData(new[] { "other" }, new string[0], false)]
    [InlineData(new[] { "*" }, new[] { "m" }, false)]
    [InlineData(new[] { "m" }, new[] { "*" }, false)]
    public async Task Call_ModelLists_DecideAndBlockingWins(string[] allowed, string[] blocked, bool passes)
    {
        await using var gateway = await StartAsync(adjust: key => key with
        {
            Providers = [new ProviderGrantConfig { Provider = "openai", AllowedModels = allowed, BlacklistedModels = blocked }],
        });
        Upstream.NextJson(200, Answer);

        var response = await CallAsync(gateway, "chat");

        if (passes)
        {
            Assert.Equal(200, (int)response.StatusCode);
            return;
        }

        await RefusedAsync(response, "chat", 403, "model_blocked", "Model 'm' is not allowed for this virtual key");
    }

    [Fact]
    public async Task Call_AliasOfABlockedModel_IsBlocked()
    {
        await using var gateway = await StartAsync(
            adjust: key => key with { Providers = [new ProviderGrantConfig { Provider = "openai", BlacklistedModels = ["m-real"] }] },
            config: config => config with
            {
                Providers = new Dictionary<string, ProviderConfig>(config.Providers)
                {
                    ["openai"] = config.Providers["openai"] with
                    {
                        Keys = [config.Providers["openai"].Keys[0] with { Aliases = new Dictionary<string, string> { ["m"] = "m-real" } }],
                    },
                },
            });

        await RefusedAsync(await CallAsync(gateway, "chat"), "chat", 403, "model_blocked", "Model 'm' is not allowed for this virtual key");
    }

    [Fact]
    public async Task Call_KeyIds_LeaveOnlyTheNamedKeys()
    {
        var keys = Enumerable.Range(0, 4).Select(i => new KeyConfig { Id = "id-" + i, Name = "name-" + i, Value = new Secret("secret-" + i) }).ToArray();
        await using var gateway = await StartAsync(
            adjust: key => key with { Providers = [new ProviderGrantConfig { Provider = "openai", KeyIds = ["id-2"] }] },
            config: config => config with
            {
                Providers = new Dictionary<string, ProviderConfig>(config.Providers) { ["openai"] = config.Providers["openai"] with { Keys = keys } },
            });
        Upstream.Always = http => http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Answer)).AsTask();

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, (int)(await CallAsync(gateway, "chat")).StatusCode);
        }

        Assert.All(Upstream.Requests, request => Assert.Equal("Bearer secret-2", request.Headers["Authorization"]));
    }

    [Fact]
    public async Task Call_BareModel_GoesWhereTheKeySendsItAndThenElsewhere()
    {
        await using var gateway = await StartAsync(adjust: key => key with
        {
            Providers =
            [
                new ProviderGrantConfig { Provider = "chatonly", AllowedModels = ["m"], Weight = 1 },
                new ProviderGrantConfig { Provider = "openai", AllowedModels = ["m"], Weight = 0 },
                new ProviderGrantConfig { Provider = "gemini", AllowedModels = ["other"], Weight = 9 },
            ],
        });
        Upstream.NextJson(200, Answer);

        var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"m","messages":[]}""", ("x-bf-vk", Value));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("chatonly", response.Headers.GetValues("x-bf-provider").Single());
    }

    [Fact]
    public async Task Call_RequiredHeaderMissing_NamesIt()
    {
        await using var gateway = await StartAsync(
            config: config => config with { Client = config.Client with { RequiredHeaders = ["X-Tenant", "X-Cost-Center", "Content-Type"] } });

        var refused = await gateway.PostAsync(Scene.Of("chat").Path, Scene.Of("chat").Body, ("x-cost-center", "7"));

        await RefusedAsync(refused, "chat", 400, "missing_required_headers", "missing required headers: X-Tenant");
    }

    [Fact]
    public async Task Call_HeaderFilter_DecidesWhatReachesProviders()
    {
        await using var gateway = await StartAsync(config: config => config with
        {
            Client = config.Client with { HeaderFilter = new HeaderFilterConfig(["x-tenant", "x-team-*", "authorization", "x-bf-vk"], ["x-team-secret"]) },
        });
        Upstream.NextJson(200, Answer);

        await gateway.PostAsync(
            Scene.Of("chat").Path, Scene.Of("chat").Body, ("X-Tenant", "blue"), ("x-bf-eh-x-team-a", "1"), ("x-bf-eh-x-team-secret", "2"), ("x-team-secret", "3"),
            ("x-bf-eh-x-other", "4"), ("x-bf-vk", Value));

        var seen = Seen().Headers;
        Assert.Equal("blue", seen["x-tenant"]);
        Assert.Equal("1", seen["x-team-a"]);
        Assert.Equal("Bearer " + RunningGateway.OpenAiKey, seen["Authorization"]);
        Assert.DoesNotContain("x-team-secret", seen.Keys);
        Assert.DoesNotContain("x-other", seen.Keys);
        Assert.DoesNotContain("x-bf-vk", seen.Keys);
    }

    [Fact]
    public async Task Models_WithKey_ListsOnlyWhatItMayCall()
    {
        await using var gateway = await StartAsync(isEnforced: true, key => key with
        {
            Providers = [new ProviderGrantConfig { Provider = "demo", AllowedModels = ["echo"] }],
        });

        var nobody = await gateway.Client.GetAsync("/v1/models");
        gateway.Client.DefaultRequestHeaders.Add("x-bf-vk", Value);
        var listed = await JsonAsync(await gateway.Client.GetAsync("/v1/models"));
        var elsewhere = await gateway.Client.GetAsync("/v1/models?provider=openai");
        var one = await gateway.Client.GetAsync("/v1/models/demo/story");

        Assert.Equal(401, (int)nobody.StatusCode);
        Assert.Equal(["demo/echo"], listed.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        await RefusedAsync(elsewhere, "chat", 403, "provider_blocked", "Provider 'openai' is not allowed for this virtual key");
        Assert.Equal(404, (int)one.StatusCode);
        Assert.Empty(Upstream.Requests);
    }

    private async Task<RunningGateway> StartAsync(
        bool isEnforced = false, Func<VirtualKeyConfig, VirtualKeyConfig>? adjust = null, Func<GatewayConfig, GatewayConfig>? config = null)
    {
        var key = new VirtualKeyConfig { Id = "vk-1", Name = "tests", Hash = KeyHash.Of(Value), AllowAllProviders = adjust is null };
        return await RunningGateway.StartAsync(Upstream, start =>
        {
            var changed = config is null ? start : config(start);
            return changed with
            {
                Client = changed.Client with { EnforceAuthOnInference = isEnforced },
                Governance = new GovernanceConfig { VirtualKeys = [adjust is null ? key : adjust(key with { Providers = All(start) })] },
            };
        });
    }

    private static List<ProviderGrantConfig> All(GatewayConfig config) => [.. config.Providers.Keys.Select(name => new ProviderGrantConfig { Provider = name })];

    private static Task<HttpResponseMessage> CallAsync(RunningGateway gateway, string dialect) =>
        gateway.PostAsync(Scene.Of(dialect).Path, Scene.Of(dialect).Body, ("x-bf-vk", Value));

    /// <summary>Status, the dialect's envelope and the words; the type stands at the top where the dialect has room for it.</summary>
    private async Task RefusedAsync(HttpResponseMessage response, string dialect, int status, string type, string message)
    {
        var body = await JsonAsync(response);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(message, Envelope.Message(dialect, body));
        if (dialect is "chat" or "cursor" or "responses")
        {
            Assert.Equal(type, body.GetProperty("type").GetString());
            Assert.Equal(status, body.GetProperty("status_code").GetInt32());
            Assert.Equal(JsonValueKind.True, body.GetProperty("is_bifrost_error").ValueKind);
        }

        Assert.Empty(Upstream.Requests);
    }
}
