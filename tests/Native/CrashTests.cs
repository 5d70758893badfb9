using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using BifrostLite.Tests.Functional;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Native;

/// <summary>
/// The executable is killed again and again while it takes and runs asynchronous jobs and background responses. Whatever it acknowledged
/// must be there in the end, and what was run twice must say so.
/// </summary>
[Trait("Category", "Native")]
public sealed class CrashTests : IClassFixture<NativeBinary>, IAsyncLifetime
{
    private const int Rounds = 50;
    private const int AskedARound = 9;

    private readonly DirectoryInfo _appDirectory = Directory.CreateTempSubdirectory("bifrost-lite-crash");
    private readonly ConcurrentDictionary<string, int> _runs = new();

    /// <summary>Marker and kind of what was acknowledged, by id.</summary>
    private readonly ConcurrentDictionary<string, (string Marker, Kind Kind)> _acknowledged = new();
    private ScriptedUpstream _upstream = null!;

    /// <summary>Every second answer waits for the kill of its round in its middle.</summary>
    private volatile TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private enum Kind
    {
        Job,
        Response,
        Stream,
    }

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _upstream.Always = AnswerAsync;
        var config = $$"""
            {"version": 2, "providers": {"cerebras": {
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
    public async Task JobsAndResponses_OverFiftyKills_NoneIsLostAndNoneRunsTwiceUnsaid()
    {
        var dice = new Random(4711);
        for (var round = 0; round < Rounds; round++)
        {
            var gateway = await NativeGateway.StartAsync(_appDirectory.FullName);
            var asking = Enumerable.Range(0, AskedARound).Select(i => AskAsync(gateway.Client, $"r{round}n{i}", (Kind)(i % 3))).ToArray();

            // The kill comes after any number of acknowledgements, from none to all, with answers under way.
            var wanted = dice.Next(AskedARound + 1);
            while (asking.Count(task => task.IsCompleted) < wanted)
            {
                await Task.WhenAny(asking.Where(task => !task.IsCompleted));
            }

            await gateway.DisposeAsync();
            await Task.WhenAll(asking);
            _killed.SetResult();
            if (round < Rounds - 1)
            {
                _killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        Assert.All(Enum.GetValues<Kind>(), kind => Assert.Contains(_acknowledged.Values, one => one.Kind == kind));
        var repeated = 0;
        await using var last = await NativeGateway.StartAsync(_appDirectory.FullName);
        foreach (var (id, (marker, kind)) in _acknowledged)
        {
            var (text, runs) = await (kind == Kind.Job ? EndOfJobAsync(last.Client, id) : EndOfResponseAsync(last.Client, id));
            Assert.Equal(marker, text);
            repeated += _runs[marker] > 1 ? 1 : 0;
            Assert.True(_runs[marker] <= runs, $"{kind} {marker} was run {_runs[marker]} times and says {runs}");
            if (kind == Kind.Stream)
            {
                var events = await last.Client.GetStringAsync(new Uri($"/v1/responses/{id}?stream=true", UriKind.Relative));
                Assert.Contains("event: response.completed", events);
            }
        }

        Assert.True(repeated > 0, "no kill met work under way");
    }

    private async Task AskAsync(HttpClient client, string marker, Kind kind)
    {
        var (path, body) = kind == Kind.Job
            ? ("/v1/async/chat/completions", $$"""{"model":"cerebras/m","messages":[{"role":"user","content":"{{marker}}"}]}""")
            : ("/v1/responses", $$"""{"model":"cerebras/m","input":"{{marker}}","background":true,"stream":{{(kind == Kind.Stream ? "true" : "false")}}}""");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK)
            {
                _acknowledged[await IdAsync(answer, kind)] = (marker, kind);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException or EndOfStreamException)
        {
            // Killed before it acknowledged.
        }
    }

    private static async Task<string> IdAsync(HttpResponseMessage answer, Kind kind)
    {
        if (kind != Kind.Stream)
        {
            using var whole = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return whole.RootElement.GetProperty("id").GetString()!;
        }

        // The first event tells the id; the rest is for who resumes.
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(line["data: ".Length..]);
                return json.RootElement.GetProperty("response").GetProperty("id").GetString()!;
            }
        }

        throw new EndOfStreamException();
    }

    private static async Task<(string? Text, int Runs)> EndOfJobAsync(HttpClient client, string id)
    {
        while (true)
        {
            var (json, status, runs) = await GetAsync(client, $"/v1/async/chat/completions/{id}");
            if (status != HttpStatusCode.Accepted)
            {
                Assert.Equal(HttpStatusCode.OK, status);
                Assert.Equal("completed", json.GetProperty("status").GetString());
                return (json.GetProperty("result").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), runs);
            }
        }
    }

    private static async Task<(string? Text, int Runs)> EndOfResponseAsync(HttpClient client, string id)
    {
        while (true)
        {
            var (json, status, runs) = await GetAsync(client, $"/v1/responses/{id}");
            Assert.Equal(HttpStatusCode.OK, status);
            if (json.GetProperty("status").GetString() is not ("queued" or "in_progress"))
            {
                Assert.Equal("completed", json.GetProperty("status").GetString());
                return (json.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString(), runs);
            }
        }
    }

    private static async Task<(JsonElement Json, HttpStatusCode Status, int Runs)> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var runs = answer.Headers.TryGetValues("x-bf-async-runs", out var said) ? int.Parse(said.Single(), System.Globalization.CultureInfo.InvariantCulture) : 1;
        return (json.RootElement.Clone(), answer.StatusCode, runs);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        var marker = body.RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!;
        _runs.AddOrUpdate(marker, 1, static (_, count) => count + 1);
        if (body.RootElement.TryGetProperty("stream", out var isStream) && isStream.GetBoolean())
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync($$"""
                data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"{{marker}}"},"finish_reason":null}]}


                """);
            await http.Response.Body.FlushAsync();
            await MaybeKilledAsync(marker);
            await http.Response.WriteAsync("""
                data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

                data: [DONE]


                """);
            return;
        }

        await MaybeKilledAsync(marker);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(
            $$"""
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{marker}}"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2} }
            """);
    }

    private Task MaybeKilledAsync(string marker) => marker[^1] % 2 == 0 ? _killed.Task : Task.CompletedTask;
}
