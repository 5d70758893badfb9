using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional.Cache;

/// <summary>Requests that are not equal but alike, by the embeddings of a provider.</summary>
public sealed class AlikeRequestTests : CacheTest
{
    private const string Alike = """{"model":"openai/gpt-4o","messages":[{"role":"user","content":"hello"}]}""";

    public AlikeRequestTests() => Settings = new CacheConfig { Provider = "openai", EmbeddingModel = "text-embedding-3-small", Threshold = 0.9 };

    [Fact]
    public async Task AlikeRequest_GetsTheAnswer_AndSaysHowAlikeItIs()
    {
        Vectors.Enqueue([1, 0]);
        Vectors.Enqueue([0.95, 0.31]);
        await HitAsync(Chat, Key);

        var response = await Gateway.PostAsync("/v1/chat/completions", Alike, Key);
        var answer = await JsonAsync(response);

        var debug = answer.GetProperty("extra_fields").GetProperty("cache_debug");
        Assert.Equal(("semantic", 0.9), (debug.GetProperty("hit_type").GetString(), debug.GetProperty("threshold").GetDouble()));
        Assert.Equal(0.95069, debug.GetProperty("similarity").GetDouble(), 4);
        Assert.Equal(("openai", "text-embedding-3-small", 4), (
            debug.GetProperty("provider_used").GetString(), debug.GetProperty("model_used").GetString(), debug.GetProperty("input_tokens").GetInt32()));
        Assert.Equal(1, Asked);
        Assert.Equal("""{"model":"text-embedding-3-small","input":"user: hello\n","encoding_format":"float"}""", Upstream.Requests.Last().Text);
    }

    [Theory]
    [InlineData("0.5", "semantic")]
    [InlineData("0.9", "miss")]
    [InlineData("7", "miss")]
    public async Task Threshold_DecidesHowAlikeIsAlikeEnough(string threshold, string expected)
    {
        Vectors.Enqueue([1, 0]);
        Vectors.Enqueue([0.7, 0.7]);
        await HitAsync(Chat, Key);

        Assert.Equal(expected, await HitAsync(Alike, Key, ("x-bf-cache-threshold", threshold)));
    }

    [Theory]
    [InlineData("direct", "miss", 1)]
    [InlineData("semantic", "semantic", 2)]
    public async Task Type_ChoosesTheWayOfLooking(string type, string expected, int embeddings)
    {
        Vectors.Enqueue([1, 0]);
        Vectors.Enqueue([1, 0]);
        await HitAsync(Chat, Key);

        Assert.Equal(expected, await HitAsync(Alike, Key, ("x-bf-cache-type", type)));
        Assert.Equal(embeddings, Upstream.Requests.Count(request => request.Target.EndsWith("/embeddings", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task OtherParameters_AreAnotherQuestion()
    {
        Vectors.Enqueue([1, 0]);
        Vectors.Enqueue([1, 0]);
        await HitAsync(Chat, Key);

        Assert.Equal("miss", await HitAsync(Alike.Replace("\"messages\"", "\"temperature\":0,\"messages\"", StringComparison.Ordinal), Key));
    }

    [Fact]
    public async Task Image_IsNeverAlike()
    {
        const string Picture = """{"model":"openai/gpt-4o","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b.png"}}]}]}""";
        await HitAsync(Picture, Key);

        Assert.DoesNotContain(Upstream.Requests, request => request.Target.EndsWith("/embeddings", StringComparison.Ordinal));
        Assert.Equal("direct", await HitAsync(Picture, Key));
    }

    [Fact]
    public async Task EmbeddingThatFails_LeavesTheRequestAsItIs()
    {
        Assert.Equal("miss", await HitAsync(Chat, Key));
        Assert.Equal(1, Asked);
        Assert.Contains(Gateway.Logs, line => line.Contains("no embedding from provider openai", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Embedding_IsBilled()
    {
        Vectors.Enqueue([1, 0]);
        await HitAsync(Chat, Key);

        var page = await Gateway.Client.GetStringAsync("/metrics");

        Assert.Contains("bifrost_input_tokens_total{provider=\"openai\",method=\"chat_completion\",model=\"text-embedding-3-small\"} 4\n", page);
    }
}
