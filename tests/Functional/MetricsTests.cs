using Microsoft.AspNetCore.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using BifrostLite.Configuration;
using BifrostLite.Tests.Golden;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

public sealed partial class MetricsTests : FunctionalTest
{
    private const string Body = """{"model":"openai/gpt-4o","messages":[{"role":"user","content":"hi"}]}""";

    private const string Answer =
        """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":100}}""";

    private readonly TaskCompletionSource _hasRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Metrics_AfterSomeRequests_AreTheGoldenPage()
    {
        Upstream.NextJson(200, Answer);
        Upstream.NextJson(400, """{"error":{"message":"no"}}""");
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        await TextAsync(await gateway.PostAsync("/v1/chat/completions", Body));
        await TextAsync(await gateway.PostAsync("/v1/chat/completions", Body));
        await TextAsync(await gateway.PostAsync("/v1/responses", """{"model":"chatonly/m","input":"hi"}"""));
        await TextAsync(await gateway.PostAsync("/v1/chat/completions", """{"model":"","messages":[]}"""));

        var page = await ScrapeAsync(gateway);

        GoldenFile.Verify("metrics.page.txt", Encoding.UTF8.GetBytes(Timing().Replace(page, "$1 T")));
    }

    [Fact]
    public async Task Metrics_ConfiguredDimensions_AreLabelsAndOthersAreNot()
    {
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with { Client = config.Client with { PrometheusLabels = ["team", "env-name"] } });
        await TextAsync(await gateway.PostAsync("/v1/chat/completions", Body, ("x-bf-dim-team", "a\"b\\c"), ("x-bf-prom-env-name", "prod"), ("x-bf-dim-user", "secret")));

        var page = await ScrapeAsync(gateway);

        Assert.Contains("""bifrost_success_requests_total{provider="openai",method="chat_completion",model="gpt-4o",team="a\"b\\c",env_name="prod"} 1""", page);
        Assert.DoesNotContain("secret", page);
    }

    [Fact]
    public async Task Metrics_TranslationThatLost_CountsTheReasons()
    {
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        await TextAsync(await gateway.PostAsync("/v1/responses", """{"model":"chatonly/m","input":"hi","tools":[{"type":"file_search","vector_store_ids":["v"]}]}"""));

        Assert.Contains("""bifrost_losses_total{provider="chatonly",method="responses",model="m",reason="unsupported"} """, await ScrapeAsync(gateway));
    }

    /// <summary>The provider takes nine seconds to answer and a second for each further token: none of it is the gateway's time.</summary>
    [Fact]
    public async Task Metrics_OfAStream_TellTheGatewaysShareAndTheTimeBetweenTokens()
    {
        var time = new ManualTime();
        Upstream.Next(async http =>
        {
            time.Advance(TimeSpan.FromSeconds(9));
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
            await http.Response.Body.FlushAsync();
            await _hasRead.Task;
            time.Advance(TimeSpan.FromSeconds(4));
            await http.Response.WriteAsync("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n");
        });
        await using var gateway = await RunningGateway.StartAsync(Upstream, replace: services => services.AddSingleton<TimeProvider>(time));
        var response = await gateway.PostAsync("/v1/chat/completions", Body[..^1] + ",\"stream\":true}");
        await using (var stream = await response.Content.ReadAsStreamAsync())
        {
            await stream.ReadExactlyAsync(new byte[1]);
            _hasRead.TrySetResult();
            await stream.CopyToAsync(Stream.Null);
        }

        var page = await ScrapeAsync(gateway);

        const string Labels = """{provider="openai",method="chat_completion_stream",model="gpt-4o"}""";
        Assert.Contains($"bifrost_stream_inter_token_latency_seconds_sum{Labels} 1\n", page);
        Assert.Contains($"bifrost_stream_first_token_latency_seconds_sum{Labels} 9\n", page);
        Assert.Contains($"bifrost_overhead_latency_microseconds_sum{Labels} 0\n", page);
        Assert.Contains($"bifrost_overhead_latency_microseconds_count{Labels} 1\n", page);
    }

    /// <summary>The first is over its limit, so only the fallback is called.</summary>
    [Fact]
    public async Task Metrics_OfWhoIsLeftOut_CountNoCall()
    {
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with
        {
            Governance = config.Governance with
            {
                ModelLimits =
                [
                    new ModelLimitsConfig
                    {
                        Id = "x", Provider = "openai",
                        Limits = new LimitsConfig { RateLimit = new RateLimitConfig { Id = "", MaxRequests = 0, RequestReset = new ResetPeriod(1, 'h') } },
                    },
                ],
            },
        });
        await TextAsync(await gateway.PostAsync("/v1/chat/completions", Body[..^1] + ",\"fallbacks\":[\"chatonly/m\"]}"));

        Assert.Contains("""bifrost_upstream_requests_total{provider="chatonly",method="chat_completion",model="m"} 1""" + "\n", await ScrapeAsync(gateway));
    }

    [Fact]
    public async Task Metrics_AKeyThatFails_IsDownUntilItWorks()
    {
        const string Line = """bifrost_provider_key_up{provider="openai",key_id="",key_name="openai-key"} """;
        Upstream.NextJson(401, """{"error":{"message":"no"}}""");
        Upstream.NextJson(400, """{"error":{"message":"no"}}""");
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var pages = new List<string> { await ScrapeAsync(gateway) };
        for (var i = 0; i < 3; i++)
        {
            await TextAsync(await gateway.PostAsync("/v1/chat/completions", Body));
            pages.Add(await ScrapeAsync(gateway));
        }

        Assert.Equal(["1", "0", "1", "1"], pages.Select(page => page.Split(Line)[1].Split('\n')[0]));
    }

    [Fact]
    public async Task Metrics_ModelsWithoutEnd_AreCountedTogether()
    {
        Upstream.Always = http => http.Response.WriteAsync(Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        for (var i = 0; i < 1_050; i++)
        {
            (await gateway.PostAsync("/v1/chat/completions", Body.Replace("gpt-4o", "m" + i))).Dispose();
        }

        var page = await ScrapeAsync(gateway);

        Assert.InRange(page.Split('\n').Count(line => line.StartsWith("bifrost_success_requests_total{", StringComparison.Ordinal)), 1, 1_001);
        Assert.Contains("model=\"_other\"", page);
    }

    [Fact]
    public async Task Metrics_WithAnAdministrator_WantHisPassword()
    {
        await using var gateway = await RunningGateway.StartAsync(
            Upstream, config => config with { Governance = config.Governance with { Admin = new AdminConfig("admin", new Secret("pass")) } });

        Assert.Equal(401, (int)(await gateway.Client.GetAsync("/metrics")).StatusCode);
        Assert.Equal(401, (int)(await GetAsync(gateway, "admin:wrong")).StatusCode);
        Assert.Equal(200, (int)(await GetAsync(gateway, "admin:pass")).StatusCode);
    }

    [Fact]
    public async Task OpenRoutes_WantNeitherPasswordNorKey()
    {
        Upstream.NextJson(200, """{"object":"list","data":[],"model":"m","usage":{"prompt_tokens":1,"total_tokens":1}}""");
        await using var gateway = await RunningGateway.StartAsync(
            Upstream,
            config => config with
            {
                Governance = config.Governance with { Admin = new AdminConfig("admin", new Secret("pass")) },
                Client = config.Client with { EnforceAuthOnInference = true, OpenRoutes = ["/metrics", "/v1/embeddings"] },
            });

        Assert.Equal(200, (int)(await gateway.Client.GetAsync("/metrics")).StatusCode);
        Assert.Equal(200, (int)(await gateway.PostAsync("/v1/embeddings", """{"model":"openai/m","input":"a"}""")).StatusCode);
        Assert.Equal(401, (int)(await gateway.PostAsync("/openai/v1/embeddings", """{"model":"openai/m","input":"a"}""")).StatusCode);
        Assert.Equal(401, (int)(await gateway.Client.GetAsync("/api/governance/virtual-keys")).StatusCode);
    }

    [GeneratedRegex("""^((?:(?:http_request_duration|bifrost_upstream_latency|bifrost_overhead_latency|bifrost_stream_first)\w*_(?:bucket|sum)|http_response_size_bytes_sum)(?:\{.*\})) \S+$""", RegexOptions.Multiline)]
    private static partial Regex Timing();

    /// <summary>A request is counted once it is over, which the caller may learn a moment too early.</summary>
    private static async Task<string> ScrapeAsync(RunningGateway gateway)
    {
        string page;
        do
        {
            page = await gateway.Client.GetStringAsync("/metrics");
        }
        while (!page.Contains("bifrost_active_requests 0\n", StringComparison.Ordinal));
        return page;
    }

    private static async Task<HttpResponseMessage> GetAsync(RunningGateway gateway, string credentials)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return await gateway.Client.SendAsync(request);
    }
}
