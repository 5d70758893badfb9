using System.Net;
using System.Text;
using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Storage;
using BifrostLite.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional;

/// <summary>The request log from the outside: requests in, /api/logs out.</summary>
public sealed class RequestLogTests : FunctionalTest, IAsyncLifetime
{
    private const string Answer = """
        {"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"parrot-answer"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}
        """;

    private static readonly AdminConfig Admin = new("admin", new Secret("right"));

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-logs");
    private IStore? _store;
    private RunningGateway _gateway = null!;
    private int _served;

    private string StoreFile => Path.Combine(_directory.FullName, "logs.db");

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        _store = SqliteStore.Open(StoreFile, TimeProvider.System).Value;
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await (_store?.DisposeAsync() ?? default);
        await DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Request_BecomesAnEntryWithItsFacts()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "secret-question", ("x-request-id", "id-1"));

        var log = Assert.Single((await LogsAsync("/api/logs")).GetProperty("logs").EnumerateArray());

        Assert.Equal("id-1", log.GetProperty("id").GetString());
        Assert.Equal("/openai/v1/chat/completions", log.GetProperty("route").GetString());
        Assert.Equal(("chat", "openai", "m", "openai/m"), (Text(log, "dialect"), Text(log, "provider"), Text(log, "model"), Text(log, "requested_model")));
        Assert.Equal(("success", 200, "openai-key"), (Text(log, "status"), log.GetProperty("status_code").GetInt32(), Text(log, "selected_key_name")));
        Assert.Equal(10, log.GetProperty("token_usage").GetProperty("total_tokens").GetInt64());
        Assert.True(log.GetProperty("latency").GetDouble() > 0);
        Assert.False(log.TryGetProperty("raw_request", out _));
    }

    [Fact]
    public async Task Failure_BecomesAnEntryWithItsError()
    {
        await StartAsync();
        Upstream.NextJson(401, """{"error":{"message":"Incorrect API key provided: sk-upstream-openai-4711"}}""");
        await PostAsync(Scene.Of("chat"), "hi");

        var log = Assert.Single((await LogsAsync("/api/logs?status=error")).GetProperty("logs").EnumerateArray());

        Assert.Equal("authentication", log.GetProperty("error_details").GetProperty("type").GetString());
        Assert.DoesNotContain(RunningGateway.OpenAiKey, log.GetRawText());
        Assert.Empty((await LogsAsync("/api/logs?status=success")).GetProperty("logs").EnumerateArray());
    }

    [Fact]
    public async Task Content_WithoutALogsStoreInTheConfiguration_IsNotKept()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "secret-question", ("authorization", "Bearer caller-secret"), ("x-request-id", "id-1"));
        await LogsAsync("/api/logs/id-1");

        // Entries lie in the write-ahead log first.
        var stored = Encoding.UTF8.GetString([.. File.ReadAllBytes(StoreFile), .. File.ReadAllBytes(StoreFile + "-wal")]);
        Assert.Contains("id-1", stored);
        Assert.DoesNotContain("secret-question", stored);
        Assert.DoesNotContain("parrot-answer", stored);
        Assert.DoesNotContain("caller-secret", stored);
        Assert.DoesNotContain(RunningGateway.OpenAiKey, stored);
    }

    [Fact]
    public async Task Content_WithALogsStore_IsKeptAsItWasSent()
    {
        await StartAsync(client => client);
        await AskAsync(Scene.Of("chat"), "secret-question", ("x-request-id", "id-1"));

        var log = await LogsAsync("/api/logs/id-1");

        Assert.Contains("secret-question", Text(log, "raw_request"));
        Assert.Equal(Answer, Text(log, "raw_response"));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    public async Task Content_OfAStream_IsKeptAsItWasSent(string dialect)
    {
        await StartAsync(client => client);
        var scene = Scene.Of(dialect);
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        var sent = await TextAsync(await _gateway.PostAsync(scene.StreamPath, scene.StreamBody, ("x-request-id", "id-1")));
        await _gateway.LoggedAsync("bytesOut=", ++_served);

        Assert.Equal(sent, Text(await LogsAsync("/api/logs/id-1"), "raw_response"));
    }

    [Fact]
    public async Task Content_SwitchedOff_IsNotKept()
    {
        await StartAsync(client => client with { DisableContentLogging = true });
        await AskAsync(Scene.Of("chat"), "hi", ("x-request-id", "id-1"), ("x-bf-disable-content-logging", "false"));

        Assert.False((await LogsAsync("/api/logs/id-1")).TryGetProperty("raw_request", out _));
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public async Task Content_WhereCallersMaySay_IsKeptAsTheyWish(string header, bool isKept)
    {
        await StartAsync(client => client with { AllowContentLoggingOverride = true, DisableContentLogging = isKept });
        await AskAsync(Scene.Of("chat"), "hi", ("x-request-id", "id-1"), ("x-bf-disable-content-logging", header));

        Assert.Equal(isKept, (await LogsAsync("/api/logs/id-1")).TryGetProperty("raw_request", out _));
    }

    [Fact]
    public async Task Headers_ThatAreNamed_AreKeptButForCredentials()
    {
        await StartAsync(client => client with { LoggingHeaders = ["x-team", "Authorization", "x-absent"] });
        await AskAsync(Scene.Of("chat"), "hi", ("x-request-id", "id-1"), ("x-team", "blue"), ("authorization", "Bearer caller-secret"));

        var headers = (await LogsAsync("/api/logs/id-1")).GetProperty("metadata").GetProperty("headers");

        Assert.Equal("""{"x-team":"blue"}""", headers.GetRawText());
    }

    [Fact]
    public async Task Logging_SwitchedOff_KeepsNothing()
    {
        await StartAsync(client => client with { EnableLogging = false });
        await AskAsync(Scene.Of("chat"), "hi");

        Assert.Equal(0, (await LogsAsync("/api/logs")).GetProperty("pagination").GetProperty("total_count").GetInt64());
    }

    [Fact]
    public async Task Stats_SumUp()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi");
        await AskAsync(Scene.Of("chat"), "hi");

        var stats = await LogsAsync("/api/logs/stats");

        Assert.Equal((2L, 20L), (stats.GetProperty("total_requests").GetInt64(), stats.GetProperty("total_tokens").GetInt64()));
        Assert.Equal(2, stats.GetProperty("buckets").EnumerateArray().Sum(bucket => bucket.GetProperty("count").GetInt64()));
        Assert.Equal(0, (await LogsAsync("/api/logs/dropped")).GetProperty("dropped_requests").GetInt64());
    }

    [Fact]
    public async Task Export_IsOneObjectALine()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi", ("x-request-id", "id-1"));
        await AskAsync(Scene.Of("chat"), "hi", ("x-request-id", "id-2"));
        await _gateway.Service<RequestLog>().WriteAsync();

        var lines = (await TextAsync(await _gateway.Client.GetAsync("/api/logs/export"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["id-2", "id-1"], lines.Select(line => Text(JsonDocument.Parse(line).RootElement, "id")));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("start_time=yesterday")]
    [InlineData("status=odd")]
    [InlineData("min_cost=x")]
    [InlineData("content_search=x")]
    public async Task Query_ThatCannotBeRead_IsRefused(string query)
    {
        await StartAsync();

        using var response = await _gateway.Client.GetAsync("/api/logs?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(query.Split('=')[0], await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Health_TellsOfTheStore()
    {
        await StartAsync();
        var well = await LogsAsync("/health");
        await _store!.DisposeAsync();
        await AskAsync(Scene.Of("chat"), "hi");
        var ill = await LogsAsync("/health");

        Assert.Equal(("ok", "ok"), (Text(well, "status"), Text(well.GetProperty("components").GetProperty("logs_store"), "status")));
        Assert.Equal(("degraded", "unavailable"), (Text(ill, "status"), Text(ill.GetProperty("components").GetProperty("logs_store"), "status")));
        Assert.Equal(1, (await LogsAsync("/api/logs/dropped")).GetProperty("dropped_requests").GetInt64());
    }

    [Theory]
    [InlineData("PRAGMA query_only=ON", "read_only")]
    [InlineData("PRAGMA max_page_count=1", "full")]
    [InlineData("PRAGMA busy_timeout=1", "locked")]
    public async Task Request_WhileTheStoreTakesNothing_IsServedAndTheLossSaid(string trouble, string status)
    {
        await _store!.DisposeAsync();
        _store = SqliteStore.Open(StoreFile, TimeProvider.System, connection => connection.Execute(trouble)).Value;
        using var other = new SqliteConnection(StoreFile, SqliteNative.OpenReadWrite);
        if (status == "locked")
        {
            other.Execute("BEGIN IMMEDIATE");
        }

        // With contents, so that an entry needs room of its own.
        await StartAsync(client => client);
        Upstream.NextJson(200, Answer);
        var body = Scene.Of("chat").Body.Replace("\"hi\"", $"\"{new string('x', 50_000)}\"", StringComparison.Ordinal);
        var answer = await _gateway.PostAsync(Scene.Of("chat").Path, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await BytesAsync(answer);
        await _gateway.LoggedAsync("bytesOut=", ++_served);
        await _gateway.Service<RequestLog>().WriteAsync();

        Assert.Equal((status, 1L), (await StoreStatusAsync(), (await LogsAsync("/api/logs/dropped")).GetProperty("dropped_requests").GetInt64()));
        await _gateway.LoggedAsync("The request log lost entries", 1);
        Assert.Contains("bifrost_log_dropped_total 1\n", await TextAsync(await _gateway.Client.GetAsync("/metrics")));

        // A job cannot be promised then, and that is said.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _gateway.PostAsync("/v1/async/chat/completions", body)).StatusCode);
    }

    [Fact]
    public async Task FilterData_TellsWhatCanBeFilteredBy()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi");
        await _gateway.Service<RequestLog>().WriteAsync();

        var data = await LogsAsync("/api/logs/filterdata");

        Assert.Equal("""["openai"]""", data.GetProperty("providers").GetRawText());
        Assert.Equal("""["m"]""", data.GetProperty("models").GetRawText());
        Assert.Equal("""[{"id":"openai-key","name":"openai-key"}]""", data.GetProperty("selected_keys").GetRawText());
        Assert.Equal("[]", data.GetProperty("virtual_keys").GetRawText());
        Assert.Single((await LogsAsync("/api/logs?selected_key_ids=openai-key&missing_cost_only=true")).GetProperty("logs").EnumerateArray());
    }

    [Fact]
    public async Task Delete_OfEntries_TakesThemOut()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi", ("x-request-id", "id-1"));
        await AskAsync(Scene.Of("chat"), "hi", ("x-request-id", "id-2"));
        await _gateway.Service<RequestLog>().WriteAsync();

        var deleted = await DeleteAsync("""{"ids":["id-1","none"]}""");
        var refused = await DeleteAsync("""{"ids":[]}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (deleted.StatusCode, refused.StatusCode));
        Assert.Equal(1, (await JsonAsync(deleted)).GetProperty("deleted").GetInt64());
        Assert.Equal("id-2", Text(Assert.Single((await LogsAsync("/api/logs")).GetProperty("logs").EnumerateArray()), "id"));
        Assert.Empty((await LogsAsync("/api/logs?request_id=id-1")).GetProperty("logs").EnumerateArray());
    }

    [Fact]
    public async Task Logs_ThroughAProxyWithoutAPassword_AreRefused()
    {
        await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/logs");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");

        using var response = await _gateway.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("admin:right", HttpStatusCode.OK)]
    [InlineData("admin:wrong", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task Logs_WithAPassword_AskForIt(string? given, HttpStatusCode expected)
    {
        await StartAsync(configure: config => config with { Governance = config.Governance with { Admin = Admin } });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/logs");
        if (given is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(given)));
        }

        using var response = await _gateway.Client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Logs_WithoutAStore_SayHowToGetOne()
    {
        await _store!.DisposeAsync();
        _store = null;
        await StartAsync();

        using var response = await _gateway.Client.GetAsync("/api/logs");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("logs_store", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Metrics_TellOfStoreAndLog()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi");
        await _gateway.Service<RequestLog>().WriteAsync();

        var metrics = await TextAsync(await _gateway.Client.GetAsync("/metrics"));

        Assert.Contains("bifrost_log_written_total 1\n", metrics);
        Assert.Contains("bifrost_store_failures_total{store=\"logs\",engine=\"sqlite\"} 0\n", metrics);
        var calls = Figure("bifrost_store_call_seconds_count{store=\"logs\",engine=\"sqlite\"}");
        Assert.True(calls > 0);
        Assert.Equal(calls, Figure("bifrost_store_call_seconds_bucket{store=\"logs\",engine=\"sqlite\",le=\"+Inf\"}"));
        Assert.InRange(Figure("bifrost_store_call_seconds_bucket{store=\"logs\",engine=\"sqlite\",le=\"0.001\"}"), 0, calls);

        double Figure(string name) => double.Parse(
            metrics.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Text(JsonElement log, string name) => log.GetProperty(name).GetString()!;

    /// <param name="adjust">Changes the client section; given at all, the configuration has a logs_store.</param>
    /// <param name="configure">Changes the rest.</param>
    private async Task StartAsync(Func<ClientConfig, ClientConfig>? adjust = null, Func<GatewayConfig, GatewayConfig>? configure = null)
    {
        _gateway = await RunningGateway.StartAsync(
            Upstream,
            config => configure is not null ? configure(config) : adjust is null ? config : config with { Client = adjust(config.Client), LogsStore = new StoreConfig { IsEnabled = true } },
            level: LogLevel.Information,
            stores: new Stores(null, _store));
    }

    private Task AskAsync(Scene scene, string text, params (string, string)[] headers)
    {
        Upstream.NextJson(200, Answer);
        return PostAsync(scene, text, headers);
    }

    private async Task PostAsync(Scene scene, string text, params (string, string)[] headers)
    {
        await BytesAsync(await _gateway.PostAsync(scene.Path, scene.Body.Replace("\"hi\"", $"\"{text}\""), headers));
        await _gateway.LoggedAsync("bytesOut=", ++_served);
    }

    private async Task<JsonElement> LogsAsync(string path)
    {
        await _gateway.Service<RequestLog>().WriteAsync();
        return await JsonAsync(await _gateway.Client.GetAsync(path));
    }

    private async Task<string> StoreStatusAsync() => Text((await LogsAsync("/health")).GetProperty("components").GetProperty("logs_store"), "status");

    private async Task<HttpResponseMessage> DeleteAsync(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/logs") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await _gateway.Client.SendAsync(request);
    }
}
