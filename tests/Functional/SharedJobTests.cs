using System.Net;
using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Storage;
using BifrostLite.Storage.Postgres;
using BifrostLite.Tests.Unit.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>Two instances over one real PostgreSQL: both take jobs, both run jobs, each job is run once and found by either.</summary>
public sealed class SharedJobTests(PostgresServer server) : FunctionalTest, IClassFixture<PostgresServer>
{
    private const int JobsAnInstance = 1000;

    /// <summary>Callers at once, for each instance.</summary>
    private const int Callers = 16;

    private static readonly string[] Keys = ["sk-instance-one", "sk-instance-two"];

    [StoreFact]
    public async Task Jobs_OfTwoInstances_RunOnceEach()
    {
        Upstream.Always = AnswerAsync;
        await using var first = await InstanceAsync(Keys[0]);
        await using var second = await InstanceAsync(Keys[1]);

        var ids = await Task.WhenAll(SubmitAllAsync(first.Gateway, "a"), SubmitAllAsync(second.Gateway, "b"));

        // Each is looked for at the instance that did not take it.
        await Task.WhenAll(CheckAllAsync(second.Gateway, ids[0]), CheckAllAsync(first.Gateway, ids[1]));
        var asked = Upstream.Requests.Select(request => MarkerOf(request.Body)).ToArray();
        Assert.Equal(2 * JobsAnInstance, asked.Length);
        Assert.Equal(2 * JobsAnInstance, asked.Distinct().Count());
        Assert.All(Keys, key => Assert.Contains(Upstream.Requests, request => request.Headers["Authorization"].EndsWith(key, StringComparison.Ordinal)));
    }

    private async Task<Instance> InstanceAsync(string key)
    {
        var store = new PostgresStore(server.Config, TimeProvider.System);
        Assert.Null(await store.ConnectAsync());
        var gateway = await RunningGateway.StartAsync(Upstream, config => WithKey(config, key), replace: services => services.AddSingleton(new Stores(null, store)));
        return new Instance(gateway, store);
    }

    private static GatewayConfig WithKey(GatewayConfig config, string key) => config with
    {
        Providers = config.Providers.ToDictionary(
            p => p.Key, p => p.Value with { Keys = [new KeyConfig { Name = "k", Value = new Secret(key) }] }),
    };

    private static async Task<(string Id, string Marker)[]> SubmitAllAsync(RunningGateway gateway, string prefix)
    {
        var jobs = new (string Id, string Marker)[JobsAnInstance];
        await Parallel.ForAsync(0, JobsAnInstance, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, _) =>
        {
            var marker = $"{prefix}{i}";
            var answer = await gateway.PostAsync(
                "/v1/async/chat/completions", $$"""{"model":"chatonly/m","messages":[{"role":"user","content":"{{marker}}"}]}""");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            jobs[i] = ((await JsonAsync(answer)).GetProperty("id").GetString()!, marker);
        });
        return jobs;
    }

    private static Task CheckAllAsync(RunningGateway gateway, (string Id, string Marker)[] jobs) =>
        Parallel.ForEachAsync(jobs, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (job, _) =>
        {
            HttpResponseMessage answer;
            while ((answer = await gateway.Client.GetAsync($"/v1/async/chat/completions/{job.Id}", CancellationToken.None)).StatusCode == HttpStatusCode.Accepted)
            {
                answer.Dispose();
            }

            var json = await JsonAsync(answer);
            Assert.Equal("completed", json.GetProperty("status").GetString());
            Assert.False(json.TryGetProperty("runs", out var runs), $"{job.Marker} says it was run {runs} times");
            Assert.Equal(job.Marker, json.GetProperty("result").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        });

    private static async Task AnswerAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync($$"""
            {"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{MarkerOf(body.ToArray())}}"},
            "finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3} }
            """);
    }

    private static string MarkerOf(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!;
    }

    private sealed record Instance(RunningGateway Gateway, PostgresStore Store) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Store.DisposeAsync();
        }
    }
}
