using System.Net;
using System.Text;
using System.Text.Json;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Storage;

namespace BifrostLite.Tests.Functional.Logs;

/// <summary>What dashboards ask of the log: histograms, costs priced anew, a look into contents.</summary>
public sealed class LogFiguresTests : LoggingTest
{
    [Fact]
    public async Task Histogram_FillsTheRangeAndCounts()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi");
        Upstream.NextJson(401, """{"error":{"message":"no"}}""");
        await PostAsync(Scene.Of("chat"), "hi");
        var now = DateTimeOffset.UtcNow;

        var histogram = await LogsAsync($"/api/logs/histogram?start_time={now.AddHours(-3):yyyy-MM-ddTHH:mm:ssZ}&end_time={now.AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}");

        var buckets = histogram.GetProperty("buckets").EnumerateArray().ToList();
        Assert.Equal(600, histogram.GetProperty("bucket_size_seconds").GetInt32());
        Assert.InRange(buckets.Count, 18, 20);
        Assert.Equal((2, 1, 1, 0), (Sum(buckets, "count"), Sum(buckets, "success"), Sum(buckets, "error"), Sum(buckets, "cancelled")));
    }

    [Theory]
    [InlineData("/tokens", """{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,"cached_read_tokens":2}""")]
    [InlineData("/models", """{"by_model":{"m":{"total":1,"success":1,"error":0,"cancelled":0}}}""")]
    [InlineData("/cost", """{"total_cost":0,"by_model":{"m":0}}""")]
    [InlineData("/cost/by-provider", """{"total_cost":0,"by_provider":{"openai":0}}""")]
    [InlineData("/tokens/by-provider", """{"by_provider":{"openai":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}}""")]
    [InlineData("/tokens/by-dimension?dimension=model", """{"by_dimension":{"m":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}}""")]
    public async Task Histogram_OfAFigure_HasBifrostsShape(string path, string expected)
    {
        await StartAsync();
        Upstream.NextJson(200, Answer.Replace("\"total_tokens\":10", "\"total_tokens\":10,\"prompt_tokens_details\":{\"cached_tokens\":2}", StringComparison.Ordinal));
        await PostAsync(Scene.Of("chat"), "hi");

        var bucket = Assert.Single((await LogsAsync("/api/logs/histogram" + path)).GetProperty("buckets").EnumerateArray());

        Assert.Equal(expected, "{" + bucket.GetRawText()[(bucket.GetRawText().IndexOf(',', StringComparison.Ordinal) + 1)..]);
    }

    [Fact]
    public async Task Histogram_ByDimension_NamesItsGroups()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi");

        var latency = await LogsAsync("/api/logs/histogram/latency/by-dimension?dimension=provider");

        Assert.Equal(("provider", """["openai"]"""), (Text(latency, "dimension"), latency.GetProperty("dimension_values").GetRawText()));
        Assert.True(latency.GetProperty("buckets")[0].GetProperty("by_dimension").GetProperty("openai").GetProperty("p99_latency").GetDouble() > 0);
        Assert.Equal(HttpStatusCode.BadRequest, (await Gateway.Client.GetAsync("/api/logs/histogram/cost/by-dimension?dimension=team_id")).StatusCode);
    }

    [Fact]
    public async Task RecalculateCost_PricesWhatMatches()
    {
        await StartAsync();
        Upstream.NextJson(200, Answer);
        await BytesAsync(await Gateway.PostAsync("/v1/chat/completions", """{"model":"openai/gpt-4o","messages":[{"role":"user","content":"hi"}]}""", ("x-request-id", "id-1")));
        await Gateway.LoggedAsync("bytesOut=", ++Served);
        await AskAsync(Scene.Of("chat"), "hi");
        var before = (await LogsAsync("/api/logs/id-1")).GetProperty("cost").GetDouble();
        var entry = (await Store!.GetLogAsync("id-1")).Value!;
        Assert.True((await Store.SetLogCostsAsync([new LogCost(entry.Sequence, 99)])).IsDone);

        var started = await PostAsync("/api/logs/recalculate-cost", """{"filters":{"providers":["openai"],"missing_cost_only":false}}""", HttpStatusCode.Accepted);
        var status = started;
        while (Text(status, "status") == "running")
        {
            status = await LogsAsync("/api/logs/recalculate-cost/status?id=" + Text(started, "id"));
        }

        Assert.Equal(("completed", 2, 2, 1, 1), (Text(status, "status"), Of("total"), Of("processed"), Of("updated"), Of("skipped")));
        Assert.Equal(before, (await LogsAsync("/api/logs/id-1")).GetProperty("cost").GetDouble());
        Assert.Equal("idle", Text(await LogsAsync("/api/logs/recalculate-cost/status"), "status"));
        await PostAsync("/api/logs/recalculate-cost/cancel", "", HttpStatusCode.NotFound);

        int Of(string name) => status.GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"filters":{"team_ids":["a"]}}""")]
    public async Task RecalculateCost_OfWhatCannotBeRead_IsRefused(string body)
    {
        await StartAsync();

        await PostAsync("/api/logs/recalculate-cost", body, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task ContentSearch_FindsWhatWasAskedAndAnswered()
    {
        await StartAsync(client => client);
        await AskAsync(Scene.Of("chat"), "a \\\"Blue\\\" whale", ("x-request-id", "id-1"));
        await AskAsync(Scene.Of("chat"), "hi", ("x-request-id", "id-2"));

        Assert.Equal("id-1", Text(Assert.Single((await LogsAsync("/api/logs?content_search=%22blue%22")).GetProperty("logs").EnumerateArray()), "id"));
        Assert.Equal(2, (await LogsAsync("/api/logs?content_search=parrot-answer")).GetProperty("logs").GetArrayLength());
        Assert.Empty((await LogsAsync("/api/logs?content_search=green")).GetProperty("logs").EnumerateArray());
    }

    [Fact]
    public async Task ContentSearch_InSealedContents_IsRefused()
    {
        Store = new Stores(null, Store).SealedWith(new BifrostLite.Storage.Sealing.StoreKey("a key for the tests of the log")).Logs;
        await StartAsync(client => client);

        using var response = await Gateway.Client.GetAsync("/api/logs?content_search=x");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("encryption_key", await response.Content.ReadAsStringAsync());
    }

    private static int Sum(IEnumerable<JsonElement> buckets, string name) => buckets.Sum(bucket => bucket.GetProperty(name).GetInt32());

    private async Task<JsonElement> PostAsync(string path, string body, HttpStatusCode expected)
    {
        await Gateway.Service<RequestLog>().WriteAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Gateway.Client.PostAsync(path, content);
        Assert.Equal(expected, response.StatusCode);
        return await JsonAsync(response);
    }
}
