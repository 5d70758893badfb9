using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>A model without a provider, at a door whose own provider is not configured or may not serve it.</summary>
public class BareModelTests : FunctionalTest
{
    private const string Answer = """{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}]}""";
    private const string Message = """{"id":"m1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"yes"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}""";

    [Fact]
    public async Task PriceSheet_KnowsWhoHasIt()
    {
        Upstream.Always = http =>
        {
            http.Response.StatusCode = HttpMethods.IsGet(http.Request.Method) ? 503 : 200;
            return http.Response.WriteAsync(Message);
        };
        await using var gateway = await StartAsync("anthropic", "chatonly");

        var response = await AskAsync(gateway, "claude-sonnet-4-5");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains(Upstream.Requests, request => request.Target == "/v1/messages");
    }

    [Fact]
    public async Task ProvidersOwnList_KnowsWhoHasIt_AndIsFetchedOnce()
    {
        Upstream.Always = http => http.Response.WriteAsync(HttpMethods.IsGet(http.Request.Method)
            ? """{"data":[{"type":"model","id":"house-model","display_name":"House","created_at":"2026-01-01T00:00:00Z"}],"has_more":false}"""
            : Message);
        await using var gateway = await StartAsync("anthropic");

        Assert.Equal(200, (int)(await AskAsync(gateway, "house-model")).StatusCode);
        Assert.Equal(200, (int)(await AskAsync(gateway, "house-model")).StatusCode);
        Assert.Equal(["/v1/models?limit=1000", "/v1/messages", "/v1/messages"], Upstream.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task ProvidersOwnList_OfTheLastRun_IsKnownAtOnce_AndRefreshed()
    {
        var directory = Directory.CreateTempSubdirectory("bifrost-lite-lists").FullName;
        var time = new ManualTime();
        var hasList = true;
        Upstream.Always = http =>
        {
            var isList = HttpMethods.IsGet(http.Request.Method);
            http.Response.StatusCode = isList && !hasList ? 503 : 200;
            return http.Response.WriteAsync(isList ? """{"data":[{"type":"model","id":"house-model","display_name":"House","created_at":"2026-01-01T00:00:00Z"}],"has_more":false}""" : Message);
        };
        try
        {
            await using (var gateway = await StartAsync(directory, time, "anthropic"))
            {
                Assert.Equal(200, (int)(await AskAsync(gateway, "house-model")).StatusCode);
                Upstream.Requests.Clear();
                while (Upstream.Requests.IsEmpty)
                {
                    time.Advance(TimeSpan.FromHours(1));
                    await Task.Delay(5);
                }

                Assert.StartsWith("/v1/models", Upstream.Requests.First().Target, StringComparison.Ordinal);
            }

            Upstream.Requests.Clear();
            hasList = false;
            await using (var gateway = await StartAsync(directory, time, "anthropic"))
            {
                Assert.Equal(200, (int)(await AskAsync(gateway, "house-model")).StatusCode);
                Assert.Contains("house-model", await gateway.Client.GetStringAsync("/v1/models"), StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task KeyThatNamesIt_ComesFirst()
    {
        Upstream.Always = http => http.Response.WriteAsync(Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with
        {
            Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
            {
                Keys = [p.Value.Keys[0] with { Models = p.Key == "chatonly" ? ["claude-sonnet-4-5"] : p.Key == "openai" ? ["gpt-5"] : ["*"] }],
            }),
        });

        var response = await AskAsync(gateway, "claude-sonnet-4-5");

        Assert.Equal("chatonly", Assert.Single(response.Headers.GetValues("x-bf-provider")));
    }

    [Fact]
    public async Task NobodyHasIt_Is400()
    {
        await using var gateway = await StartAsync("chatonly");

        var response = await AskAsync(gateway, "no-such-model-anywhere");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("no-such-model-anywhere", await TextAsync(response));
    }

    private static Task<HttpResponseMessage> AskAsync(RunningGateway gateway, string model) =>
        gateway.PostAsync("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""");

    private Task<RunningGateway> StartAsync(string directory, ManualTime time, string provider) => RunningGateway.StartAsync(
        Upstream,
        config => config with { Providers = config.Providers.Where(p => p.Key == provider).ToDictionary() },
        directory,
        replace: services => services.AddSingleton<TimeProvider>(time));

    private Task<RunningGateway> StartAsync(params string[] providers) => RunningGateway.StartAsync(Upstream, config => config with
    {
        Providers = config.Providers.Where(p => providers.Contains(p.Key)).ToDictionary(),
    });
}
