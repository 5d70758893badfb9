using System.Text;

namespace BifrostLite.Tests.Functional.Logs;

/// <summary>What the request log keeps of a request.</summary>
public sealed class RequestLogTests : LoggingTest
{
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
        var sent = await TextAsync(await Gateway.PostAsync(scene.StreamPath, scene.StreamBody, ("x-request-id", "id-1")));
        await Gateway.LoggedAsync("bytesOut=", ++Served);

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
}
