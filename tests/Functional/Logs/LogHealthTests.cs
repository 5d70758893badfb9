using System.Net;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Storage.Sqlite;

namespace BifrostLite.Tests.Functional.Logs;

/// <summary>What is said of the log and its store, in good days and bad.</summary>
public sealed class LogHealthTests : LoggingTest
{
    [Fact]
    public async Task Health_TellsOfTheStore()
    {
        await StartAsync();
        var well = await LogsAsync("/health");
        await Store!.DisposeAsync();
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
        await Store!.DisposeAsync();
        Store = SqliteStore.Open(StoreFile, TimeProvider.System, connection => connection.Execute(trouble)).Value;
        using var other = new SqliteConnection(StoreFile, SqliteNative.OpenReadWrite);
        if (status == "locked")
        {
            other.Execute("BEGIN IMMEDIATE");
        }

        // With contents, so that an entry needs room of its own.
        await StartAsync(client => client);
        Upstream.NextJson(200, Answer);
        var body = Scene.Of("chat").Body.Replace("\"hi\"", $"\"{new string('x', 50_000)}\"", StringComparison.Ordinal);
        var answer = await Gateway.PostAsync(Scene.Of("chat").Path, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await BytesAsync(answer);
        await Gateway.LoggedAsync("bytesOut=", ++Served);
        await Gateway.Service<RequestLog>().WriteAsync();

        Assert.Equal((status, 1L), (await StoreStatusAsync(), (await LogsAsync("/api/logs/dropped")).GetProperty("dropped_requests").GetInt64()));
        await Gateway.LoggedAsync("The request log lost entries", 1);
        Assert.Contains("bifrost_log_dropped_total 1\n", await TextAsync(await Gateway.Client.GetAsync("/metrics")));

        // A job cannot be promised then, and that is said.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Gateway.PostAsync("/v1/async/chat/completions", body)).StatusCode);
    }

    [Fact]
    public async Task Metrics_TellOfStoreAndLog()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi");
        await Gateway.Service<RequestLog>().WriteAsync();

        var metrics = await TextAsync(await Gateway.Client.GetAsync("/metrics"));

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

    private async Task<string> StoreStatusAsync() => Text((await LogsAsync("/health")).GetProperty("components").GetProperty("logs_store"), "status");
}
