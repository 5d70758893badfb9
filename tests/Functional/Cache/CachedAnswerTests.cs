using System.Text;

namespace BifrostLite.Tests.Functional.Cache;

/// <summary>Answers that were given before: in every caller's API, whole and streamed, told as such and free of charge.</summary>
public sealed class CachedAnswerTests : CacheTest
{
    private const string Message = """
        {"id":"m1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Bonjour"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2}}
        """;

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("converse")]
    [InlineData("invoke")]
    [InlineData("genai")]
    public async Task Stream_AskedForAgain_ComesAsItCame(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextBytes(scene.ContentType, scene.Frames);

        var first = await AskAsync(scene.StreamPath, scene.StreamBody, Key);
        var second = await AskAsync(scene.StreamPath, scene.StreamBody, Key);

        Assert.Equal(("miss", "direct"), (first.Hit, second.Hit));
        Assert.Equal(scene.Stream, first.Body);
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(1, Asked);
    }

    [Theory]
    [InlineData("chat", false)]
    [InlineData("chat", true)]
    [InlineData("responses", false)]
    [InlineData("converse", true)]
    [InlineData("genai", true)]
    [InlineData("cursor", true)]
    public async Task TranslatedAnswer_AskedForAgain_IsTranslatedAgain(string dialect, bool isStream)
    {
        var scene = Scene.Of(dialect, "anthropic");
        if (isStream)
        {
            Upstream.NextBytes("text/event-stream", Scene.Of("messages").Frames);
        }
        else
        {
            Upstream.NextJson(200, Message);
        }

        var path = isStream ? scene.StreamPath : scene.Path;
        var first = await AskAsync(path, isStream ? scene.StreamBody : scene.Body, Key);
        var second = await AskAsync(path, isStream ? scene.StreamBody : scene.Body, Key);

        Assert.Equal(("miss", "direct"), (first.Hit, second.Hit));
        Assert.Contains(isStream ? "日本" : "Bonjour", Encoding.UTF8.GetString(second.Body).Replace("\\u65e5\\u672c", "日本", StringComparison.Ordinal));
        Assert.Equal(1, Asked);
    }

    [Fact]
    public async Task WholeAnswerAndStream_AreNotOneAnother()
    {
        Upstream.NextJson(200, Message);
        Upstream.NextBytes("text/event-stream", Scene.Of("messages").Frames);
        var scene = Scene.Of("messages");

        await AskAsync(scene.Path, scene.Body, Key);
        var (hit, body) = await AskAsync(scene.StreamPath, scene.StreamBody, Key);

        Assert.Equal("miss", hit);
        Assert.Equal(Scene.Of("messages").Stream, body);
    }

    [Fact]
    public async Task Embeddings_AskedForAgain_AreThere()
    {
        const string Vector = """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,1.5]}],"model":"e","usage":{"prompt_tokens":1,"total_tokens":1}}""";
        const string Request = """{"model":"openai/e","input":"hi"}""";
        Upstream.NextJson(200, Vector);

        await AskAsync("/openai/v1/embeddings", Request, Key);
        var (hit, body) = await AskAsync("/openai/v1/embeddings", Request, Key);

        Assert.Equal("direct", hit);
        Assert.Equal(Vector, Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task UnifiedRoute_TellsWhatCameOfTheCache_AndThatItCostNothing()
    {
        var missed = await JsonAsync(await Gateway.PostAsync("/v1/chat/completions", Chat, Key));
        await Gateway.LoggedAsync("bytesOut=", 1);
        var response = await Gateway.PostAsync("/v1/chat/completions", Chat, Key);
        var found = await JsonAsync(response);

        var debug = missed.GetProperty("extra_fields").GetProperty("cache_debug");
        Assert.False(debug.GetProperty("cache_hit").GetBoolean());
        Assert.True(missed.GetProperty("usage").GetProperty("cost").GetProperty("total_cost").GetDouble() > 0);
        var id = debug.GetProperty("cache_id").GetString();
        debug = found.GetProperty("extra_fields").GetProperty("cache_debug");
        Assert.True(debug.GetProperty("cache_hit").GetBoolean());
        Assert.Equal((id, "direct"), (debug.GetProperty("cache_id").GetString(), debug.GetProperty("hit_type").GetString()));
        Assert.Equal(id, response.Headers.GetValues("x-bf-cache-id").Single());
        Assert.Equal(0, found.GetProperty("usage").GetProperty("cost").GetProperty("total_cost").GetDouble());
        Assert.Equal("openai/gpt-4o;key=openai-key;outcome=cached;ms=0", response.Headers.GetValues("x-bf-trail").Single());
        Assert.Equal("answer 1", found.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task UnifiedStream_TellsItInTheLastFrame()
    {
        var scene = Scene.Of("chat");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await AskAsync("/v1/chat/completions", scene.StreamBody, Key);

        var text = Encoding.UTF8.GetString((await AskAsync("/v1/chat/completions", scene.StreamBody, Key)).Body);

        Assert.Equal(1, text.Split("\"cache_debug\"").Length - 1);
        Assert.Contains("\"cache_debug\":{\"cache_hit\":true,\"cache_id\":\"", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_CountHits_AndNoTokensForThem()
    {
        await HitAsync(Chat, Key);
        await HitAsync(Chat, Key);

        var page = await Gateway.Client.GetStringAsync("/metrics");

        Assert.Contains("bifrost_cache_hits_total{provider=\"openai\",method=\"chat_completion\",model=\"gpt-4o\",cache_type=\"direct\"} 1\n", page);
        Assert.Contains("bifrost_input_tokens_total{provider=\"openai\",method=\"chat_completion\",model=\"gpt-4o\"} 10\n", page);
        Assert.Contains("bifrost_upstream_requests_total{provider=\"openai\",method=\"chat_completion\",model=\"gpt-4o\"} 1\n", page);
    }

    [Fact]
    public async Task Fallback_IsKeptAsItsOwn()
    {
        const string Request = """{"model":"openai/gpt-4o","fallbacks":["chatonly/gpt-4o"],"messages":[{"role":"user","content":"hi"}]}""";
        Upstream.NextJson(500, """{"error":{"message":"no"}}""");
        await HitAsync(Request, Key);

        Assert.Equal("direct", await HitAsync(Chat.Replace("openai/", "chatonly/", StringComparison.Ordinal), Key));
        Assert.Equal("miss", await HitAsync(Chat, Key));
    }
}
