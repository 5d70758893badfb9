using BifrostLite.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>Headers that choose a provider key: by name, by id, the caller's own, or the session's.</summary>
public class KeyWishTests : FunctionalTest
{
    private const string Answer = """{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}]}""";
    private const string Request = """{"model":"openai/m","messages":[{"role":"user","content":"hi"}]}""";
    private const string Path = "/v1/chat/completions";

    private readonly ManualTime _time = new();
    private readonly NoWaiting _pacing = new();

    [Theory]
    [InlineData("x-bf-api-key", "name-b", "sk-b")]
    [InlineData("x-bf-api-key-id", "id-c", "sk-c")]
    public async Task Key_ByNameOrId_IsUsedEveryTime(string header, string value, string key)
    {
        await using var gateway = await StartAsync();
        for (var i = 0; i < 12; i++)
        {
            await PostAsync(gateway, 200, (header, value));
        }

        Assert.All(Upstream.Requests, request => Assert.Equal("Bearer " + key, request.Headers["Authorization"]));
    }

    [Fact]
    public async Task Key_IdWinsOverName()
    {
        await using var gateway = await StartAsync();
        await PostAsync(gateway, 200, ("x-bf-api-key", "name-b"), ("x-bf-api-key-id", "id-c"));
        Assert.Equal("Bearer sk-c", Seen().Headers["Authorization"]);
    }

    [Fact]
    public async Task Key_Unknown_IsTheContractsError()
    {
        await using var gateway = await StartAsync();
        var answer = await PostAsync(gateway, 400, ("x-bf-api-key", "nobody"));
        Assert.Contains("no key found with name \\\"nobody\\\"", answer);
        Assert.Contains("\"is_bifrost_error\":false", answer);
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Key_ThatMayNotServeTheModel_IsTheContractsError()
    {
        await using var gateway = await StartAsync();
        Assert.Contains("no keys found that support model: m", await PostAsync(gateway, 400, ("x-bf-api-key", "name-d")));
    }

    [Fact]
    public async Task Key_Chosen_NoOtherTakesItsPlace()
    {
        await using var gateway = await StartAsync(new Queue<int>([401]));
        await PostAsync(gateway, 401, ("x-bf-api-key", "name-a"));
        Seen();
    }

    [Fact]
    public async Task DirectKey_WhereNotAllowed_IsRefused()
    {
        await using var gateway = await StartAsync();
        Assert.Contains("allow_direct_keys", await PostAsync(gateway, 403, ("x-bf-direct-key", "true"), ("Authorization", "Bearer sk-mine")));
        Assert.Empty(Upstream.Requests);
    }

    [Theory]
    [InlineData("Authorization", "Bearer sk-mine")]
    [InlineData("x-api-key", "sk-mine")]
    [InlineData("api-key", "sk-mine")]
    public async Task DirectKey_WhereAllowed_IsTheCallersOwn(string header, string value)
    {
        await using var gateway = await StartAsync(allowDirect: true);
        await PostAsync(gateway, 200, ("x-bf-direct-key", "true"), (header, value));
        Assert.Equal("Bearer sk-mine", Seen().Headers["Authorization"]);
    }

    [Fact]
    public async Task DirectKey_Missing_Is401()
    {
        await using var gateway = await StartAsync(allowDirect: true);
        await PostAsync(gateway, 401, ("x-bf-direct-key", "true"));
    }

    [Fact]
    public async Task DirectKey_IsShownToNoOtherProvider()
    {
        await using var gateway = await StartAsync(allowDirect: true);
        var response = await gateway.PostAsync(
            Path, Request.Replace("\"messages\"", "\"fallbacks\":[\"chatonly/x\"],\"messages\""), ("x-bf-direct-key", "true"), ("Authorization", "Bearer sk-mine"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("fallbacks[0]", await TextAsync(response));
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Session_KeepsItsKey_UntilItHasNotBeenUsedForItsTime()
    {
        await using var gateway = await StartAsync();
        for (var i = 0; i < 12; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(50));
            await PostAsync(gateway, 200, ("x-bf-session-id", "s1"), ("x-bf-session-ttl", "60"));
        }

        Assert.Single(Upstream.Requests.Select(request => request.Headers["Authorization"]).Distinct());

        // Forgotten: among thirty new sessions somebody else's key must come up.
        for (var i = 0; i < 30; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(61));
            await PostAsync(gateway, 200, ("x-bf-session-id", "s1"), ("x-bf-session-ttl", "60"));
        }

        Assert.NotEqual(1, Upstream.Requests.Select(request => request.Headers["Authorization"]).Distinct().Count());
    }

    [Fact]
    public async Task Session_HoldsOverRetries()
    {
        await using var gateway = await StartAsync(new Queue<int>([429, 500]));
        await PostAsync(gateway, 200, ("x-bf-session-id", "s1"));
        Assert.Equal(3, Upstream.Requests.Count);
        Assert.Single(Upstream.Requests.Select(request => request.Headers["Authorization"]).Distinct());
    }

    [Fact]
    public async Task Session_WhoseKeyIsRefused_GetsAnother()
    {
        await using var gateway = await StartAsync(new Queue<int>([401]));
        await PostAsync(gateway, 200, ("x-bf-session-id", "s1"));
        await PostAsync(gateway, 200, ("x-bf-session-id", "s1"));
        var keys = Upstream.Requests.Select(request => request.Headers["Authorization"]).ToList();
        Assert.NotEqual(keys[0], keys[1]);
        Assert.Equal(keys[1], keys[2]);
    }

    [Theory]
    [InlineData("x-bf-eh-host", "evil.example")]
    [InlineData("x-bf-base-url", "http://evil.example")]
    [InlineData("x-portkey-custom-host", "http://evil.example")]
    public async Task Host_IsNeverTheCallersChoice(string header, string value)
    {
        await using var gateway = await StartAsync();
        await PostAsync(gateway, 200, (header, value));
        Assert.Equal(Upstream.Address.Authority, Seen().Headers["Host"]);
    }

    private async Task<string> PostAsync(RunningGateway gateway, int status, params (string Name, string Value)[] headers)
    {
        var response = await gateway.PostAsync(Path, Request, headers);
        var text = await TextAsync(response);
        Assert.True(status == (int)response.StatusCode, text);
        return text;
    }

    private Task<RunningGateway> StartAsync(Queue<int>? failures = null, bool allowDirect = false)
    {
        Upstream.Always = async http =>
        {
            http.Response.StatusCode = failures?.TryDequeue(out var failure) == true ? failure : 200;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(http.Response.StatusCode == 200 ? Answer : """{"error":{"message":"no"}}""");
        };
        return RunningGateway.StartAsync(
            Upstream,
            config => config with
            {
                Client = config.Client with { AllowDirectKeys = allowDirect },
                Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
                {
                    Network = p.Value.Network with { MaxRetries = 2 },
                    Keys = p.Key != "openai" ? p.Value.Keys : [Key("a"), Key("b"), Key("c"), Key("d") with { Models = ["other"] }],
                }),
            },
            replace: services =>
            {
                services.AddSingleton<TimeProvider>(_time);
                _pacing.Install(services);
            });
    }

    private static KeyConfig Key(string name) => new() { Id = "id-" + name, Name = "name-" + name, Value = new Secret("sk-" + name) };
}
