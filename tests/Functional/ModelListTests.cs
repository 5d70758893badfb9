using System.Text.Json;
using BifrostLite.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional;

/// <summary>GET …/models: every provider's list, in the shape of the prefix.</summary>
public sealed class ModelListTests : FunctionalTest
{
    private int _calls;

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/openai/v1/models")]
    [InlineData("/cursor/v1/models")]
    public async Task Models_OpenAIShape_NamesEveryProvidersModels(string path)
    {
        await using var gateway = await StartAsync();

        var list = await JsonAsync(await gateway.Client.GetAsync(path));

        Assert.Equal("list", list.GetProperty("object").GetString());
        var gpt = list.GetProperty("data").EnumerateArray().Single(m => m.GetProperty("id").GetString() == "openai/gpt-5");
        Assert.StartsWith("""{"id":"openai/gpt-5","created":1754425777,"owned_by":"system","object":"model","context_length":""", gpt.GetRawText());
        Assert.Contains("anthropic/claude-opus-4-5", Ids(list));
        Assert.Contains("demo/echo", Ids(list));
        Assert.False(list.TryGetProperty("next_page_token", out _));
    }

    [Theory]
    [InlineData("/anthropic/v1/models")]
    [InlineData("/v1/models")]
    public async Task Models_AnthropicShape_HasItsMembers(string path)
    {
        await using var gateway = await StartAsync();
        gateway.Client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");

        var list = await JsonAsync(await gateway.Client.GetAsync(path + "?provider=anthropic"));

        Assert.Equal(
            """{"data":[{"id":"anthropic/claude-opus-4-5","display_name":"Claude Opus 4.5","created_at":"2025-11-24T00:00:00Z","max_input_tokens":200000,"max_tokens":64000,"type":"model"}],"has_more":false,"first_id":"anthropic/claude-opus-4-5","last_id":"anthropic/claude-opus-4-5"}""",
            list.GetRawText());
        Assert.Equal("/v1/models?limit=1000", Seen().Target);
    }

    [Theory]
    [InlineData("anthropic", false)]
    [InlineData("all", true)]
    public async Task Models_OfTheProviderInTheHeader(string provider, bool hasOthers)
    {
        await using var gateway = await StartAsync();
        gateway.Client.DefaultRequestHeaders.Add("x-bf-list-models-provider", provider);

        var ids = Ids(await JsonAsync(await gateway.Client.GetAsync("/openai/v1/models")));

        Assert.Contains("anthropic/claude-opus-4-5", ids);
        Assert.Equal(hasOthers, ids.Contains("openai/gpt-5"));
    }

    [Fact]
    public async Task Models_TheSheetKnows_TellLimitsPricesAndAbilities()
    {
        Upstream.Always = http => http.Response.WriteAsync("""{"object":"list","data":[{"id":"gpt-4o-2024-08-06","object":"model","created":1,"owned_by":"system"},{"id":"own-model","object":"model"}]}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var list = await JsonAsync(await gateway.Client.GetAsync("/v1/models?provider=openai"));

        var known = list.GetProperty("data")[0];
        Assert.Equal(128_000, known.GetProperty("context_length").GetInt64());
        Assert.Equal(16_384, known.GetProperty("max_output_tokens").GetInt64());
        Assert.Equal("0.0000025", known.GetProperty("pricing").GetProperty("prompt").GetString());
        Assert.Equal("0.00001", known.GetProperty("pricing").GetProperty("completion").GetString());
        Assert.Equal("0.00000125", known.GetProperty("pricing").GetProperty("input_cache_read").GetString());
        Assert.Contains("vision", known.GetProperty("abilities").EnumerateArray().Select(ability => ability.GetString()));
        Assert.False(list.GetProperty("data")[1].TryGetProperty("pricing", out _));
    }

    [Fact]
    public async Task Models_GeminiShape_HasResourceNames()
    {
        await using var gateway = await StartAsync();

        var list = await JsonAsync(await gateway.Client.GetAsync("/genai/v1beta/models?provider=demo&pageSize=2"));

        Assert.Equal(["models/demo/echo", "models/demo/story"], list.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        Assert.Equal("2", list.GetProperty("nextPageToken").GetString());
    }

    [Theory]
    [InlineData("/v1/models/openai/gpt-5", "openai/gpt-5")]
    [InlineData("/v1/models/openai%2Fgpt-5", "openai/gpt-5")]
    [InlineData("/openai/v1/models/gpt-5", "openai/gpt-5")]
    [InlineData("/anthropic/v1/models/claude-opus-4-5", "anthropic/claude-opus-4-5")]
    [InlineData("/v1/models/demo/echo", "demo/echo")]
    public async Task Model_Known_IsGivenAlone(string path, string id)
    {
        await using var gateway = await StartAsync();

        var model = await JsonAsync(await gateway.Client.GetAsync(path));

        Assert.Equal(id, model.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("/v1/models/openai/nope", "\"type\":\"not_found_error\"")]
    [InlineData("/anthropic/v1/models/nope", "\"type\":\"not_found_error\"")]
    [InlineData("/genai/v1beta/models/nope", "\"status\":\"NOT_FOUND\"")]
    public async Task Model_Unknown_Is404InTheDialect(string path, string expected)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.Client.GetAsync(path);

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Contains(expected, await TextAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_SecondTime_AsksNoProviderAgain()
    {
        await using var gateway = await StartAsync();

        await gateway.Client.GetAsync("/v1/models?provider=openai");
        await gateway.Client.GetAsync("/openai/v1/models?provider=openai");

        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task Models_FailingProvider_IsSkippedAndLoggedWithoutItsKey()
    {
        Upstream.Always = http =>
        {
            http.Response.StatusCode = 401;
            return http.Response.WriteAsync("""{"error":{"message":"bad key sk-upstream-openai-4711"}}""");
        };
        await using var gateway = await RunningGateway.StartAsync(Upstream, level: LogLevel.Warning);

        var list = await JsonAsync(await gateway.Client.GetAsync("/v1/models"));

        Assert.All(Ids(list), id => Assert.StartsWith("demo/", id, StringComparison.Ordinal));
        Assert.Contains(gateway.Logs, line => line.Contains("provider openai gave no list of models: status 401", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.Logs, line => line.Contains("4711", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Models_KeyWithModelsAndAliases_OffersTheseOnly()
    {
        await using var gateway = await StartAsync(config => config with
        {
            Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
            {
                Keys = [p.Value.Keys[0] with { Models = ["GPT-5", "private-1", "fast"], Aliases = new Dictionary<string, string> { ["fast"] = "gpt-5", ["hidden"] = "gpt-5" } }],
            }),
        });

        var list = await JsonAsync(await gateway.Client.GetAsync("/v1/models?provider=openai"));

        Assert.Equal(["openai/gpt-5", "openai/private-1", "openai/fast"], Ids(list));
    }

    [Fact]
    public async Task Models_UnknownProvider_Is400()
    {
        await using var gateway = await StartAsync();

        Assert.Equal(400, (int)(await gateway.Client.GetAsync("/v1/models?provider=nope")).StatusCode);
    }

    [Fact]
    public async Task Models_AnthropicPages_FollowEachOther()
    {
        await using var gateway = await StartAsync();

        var first = await JsonAsync(await gateway.Client.GetAsync("/anthropic/v1/models?provider=demo&limit=3"));
        var second = await JsonAsync(await gateway.Client.GetAsync("/anthropic/v1/models?provider=demo&limit=3&after_id=" + first.GetProperty("last_id").GetString()));

        Assert.True(first.GetProperty("has_more").GetBoolean());
        Assert.Equal(["demo/tools", "demo/thinking", "demo/empty"], Ids(second).Take(3));
    }

    private Task<RunningGateway> StartAsync(Func<GatewayConfig, GatewayConfig>? adjust = null)
    {
        Upstream.Always = http =>
        {
            Interlocked.Increment(ref _calls);
            return http.Response.WriteAsync(http.Request.Headers.ContainsKey("x-api-key")
                ? """{"data":[{"type":"model","id":"claude-opus-4-5","display_name":"Claude Opus 4.5","created_at":"2025-11-24T00:00:00Z","max_input_tokens":200000}],"has_more":false}"""
                : """{"object":"list","data":[{"id":"gpt-5","object":"model","created":1754425777,"owned_by":"system"},{"id":"odd","created":null},{"object":"model"}]}""");
        };
        return RunningGateway.StartAsync(Upstream, adjust);
    }

    private static IEnumerable<string> Ids(JsonElement list) => list.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()!);
}
