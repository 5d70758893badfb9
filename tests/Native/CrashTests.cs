using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using BifrostLite.Tests.Functional;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Native;

/// <summary>
/// The executable is killed again and again while it takes and runs asynchronous jobs. Whatever it acknowledged must be there in the
/// end, and what was run twice must say so.
/// </summary>
[Trait("Category", "Native")]
public sealed class CrashTests : IClassFixture<NativeBinary>, IAsyncLifetime
{
    private const int Rounds = 50;
    private const int JobsARound = 6;

    private readonly DirectoryInfo _appDirectory = Directory.CreateTempSubdirectory("bifrost-lite-crash");
    private readonly ConcurrentDictionary<string, int> _runs = new();
    private ScriptedUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _upstream.Always = AnswerAsync;
        var config = $$"""
            {"version": 2, "providers": {"openai": {
              "keys": [{"name": "k", "value": "sk-test", "weight": 1, "models": ["*"]}],
              "network_config": {"base_url": "{{_upstream.Address}}"} } } }
            """;
        await File.WriteAllTextAsync(Path.Combine(_appDirectory.FullName, "config.json"), config);
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _appDirectory.Delete(recursive: true);
    }

    [Fact]
    public async Task Jobs_OverFiftyKills_NoneIsLostAndNoneRunsTwiceUnsaid()
    {
        var dice = new Random(4711);
        var acknowledged = new ConcurrentDictionary<string, string>(); // job id -> marker
        for (var round = 0; round < Rounds; round++)
        {
            await using var gateway = await NativeGateway.StartAsync(_appDirectory.FullName);
            var client = gateway.Client;
            var submitting = Enumerable.Range(0, JobsARound).Select(i => SubmitAsync(client, $"r{round}j{i}", acknowledged)).ToArray();

            // The kill comes after any number of acknowledgements, from none to all, with answers under way.
            var wanted = dice.Next(JobsARound + 1);
            while (submitting.Count(task => task.IsCompleted) < wanted)
            {
                await Task.WhenAny(submitting.Where(task => !task.IsCompleted));
            }
        }

        Assert.NotEmpty(acknowledged);
        await using var last = await NativeGateway.StartAsync(_appDirectory.FullName);
        foreach (var (id, marker) in acknowledged)
        {
            var job = await EndAsync(last.Client, id);
            Assert.Equal("completed", job.GetProperty("status").GetString());
            Assert.Equal(marker, job.GetProperty("result").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
            var said = job.TryGetProperty("runs", out var runs) ? runs.GetInt32() : 1;
            Assert.True(_runs[marker] <= said, $"job {marker} was run {_runs[marker]} times and says {said}");
        }
    }

    private static async Task SubmitAsync(HttpClient client, string marker, ConcurrentDictionary<string, string> acknowledged)
    {
        try
        {
            var body = $$"""{"model":"openai/m","messages":[{"role":"user","content":"{{marker}}"}]}""";
            using var answer = await client.PostAsync(
                new Uri("/v1/async/chat/completions", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
            if (answer.StatusCode == HttpStatusCode.Accepted)
            {
                using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                acknowledged[json.RootElement.GetProperty("id").GetString()!] = marker;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Killed before it acknowledged.
        }
    }

    private static async Task<JsonElement> EndAsync(HttpClient client, string id)
    {
        while (true)
        {
            using var answer = await client.GetAsync(new Uri($"/v1/async/chat/completions/{id}", UriKind.Relative));
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                return json.RootElement.Clone();
            }

            await Task.Yield();
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        var marker = body.RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!;
        _runs.AddOrUpdate(marker, 1, static (_, count) => count + 1);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(
            $$"""
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{marker}}"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2} }
            """);
    }
}
