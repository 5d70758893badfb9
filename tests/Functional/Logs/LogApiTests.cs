using System.Net;
using System.Text;
using System.Text.Json;
using BifrostLite.Pipeline.Logging;

namespace BifrostLite.Tests.Functional.Logs;

/// <summary>What GET /api/logs and its neighbours answer.</summary>
public sealed class LogApiTests : LoggingTest
{
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
        await Gateway.Service<RequestLog>().WriteAsync();

        var lines = (await TextAsync(await Gateway.Client.GetAsync("/api/logs/export"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["id-2", "id-1"], lines.Select(line => Text(JsonDocument.Parse(line).RootElement, "id")));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("start_time=yesterday")]
    [InlineData("period=fortnight")]
    [InlineData("period=-1d")]
    [InlineData("period=99999d")]
    [InlineData("status=odd")]
    [InlineData("min_cost=x")]
    [InlineData("routing_rule_ids=x")]
    public async Task Query_ThatCannotBeRead_IsRefused(string query)
    {
        await StartAsync();

        using var response = await Gateway.Client.GetAsync("/api/logs?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(query.Split('=')[0], await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("objects=chat_completion&period=1h", 1)]
    [InlineData("objects=responses,chat_completion&period=7d", 1)]
    [InlineData("objects=responses", 0)]
    [InlineData("period=0m", 0)]
    public async Task Query_ByBifrostsRequestTypeAndPeriod_FindsTheEntry(string query, int found)
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi");
        await Gateway.Service<RequestLog>().WriteAsync();

        Assert.Equal(found, (await LogsAsync("/api/logs?" + query)).GetProperty("logs").GetArrayLength());
    }

    [Fact]
    public async Task FilterData_TellsWhatCanBeFilteredBy()
    {
        await StartAsync();
        await AskAsync(Scene.Of("chat"), "hi");
        await Gateway.Service<RequestLog>().WriteAsync();

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
        await Gateway.Service<RequestLog>().WriteAsync();

        var deleted = await DeleteAsync("""{"ids":["id-1","none"]}""");
        var refused = await DeleteAsync("""{"ids":[]}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (deleted.StatusCode, refused.StatusCode));
        Assert.Equal(1, (await JsonAsync(deleted)).GetProperty("deleted").GetInt64());
        Assert.Equal("id-2", Text(Assert.Single((await LogsAsync("/api/logs")).GetProperty("logs").EnumerateArray()), "id"));
        Assert.Empty((await LogsAsync("/api/logs?request_id=id-1")).GetProperty("logs").EnumerateArray());
    }

    [Fact]
    public async Task Logs_WithoutAStore_SayHowToGetOne()
    {
        await Store!.DisposeAsync();
        Store = null;
        await StartAsync();

        using var response = await Gateway.Client.GetAsync("/api/logs");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("logs_store", await response.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> DeleteAsync(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/logs") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await Gateway.Client.SendAsync(request);
    }
}
