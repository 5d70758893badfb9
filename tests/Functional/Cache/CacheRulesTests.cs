using System.Text.Json;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional.Cache;

/// <summary>What counts as the same request, what is kept and for how long, and for whom.</summary>
public sealed class CacheRulesTests : CacheTest
{
    private static readonly LimitsConfig TwoAnHour = new() { RateLimit = new RateLimitConfig { Id = "", MaxRequests = 2, RequestReset = new ResetPeriod(1, 'h') } };

    public CacheRulesTests() => Governance = new GovernanceConfig
    {
        VirtualKeys = [VirtualKey("one"), VirtualKey("two") with { Limits = TwoAnHour }],
    };

    [Fact]
    public async Task NoCacheKey_NothingIsKept()
    {
        Assert.Equal("", await HitAsync(Chat));
        Assert.Equal("", await HitAsync(Chat));
        Assert.Equal(2, Asked);
    }

    [Theory]
    [InlineData("""{ "messages" : [ { "role":"user", "content":"hi" } ], "model":"openai/gpt-4o" }""", "direct")]
    [InlineData("""{"user":"me","metadata":{"a":"b"},"model":"openai/gpt-4o","messages":[{"role":"user","content":"hi"}]}""", "direct")]
    [InlineData("""{"model":"openai/gpt-4o","stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""", "direct")]
    [InlineData("""{"model":"openai/gpt-4o","messages":[{"role":"user","content":"hi "}]}""", "miss")]
    [InlineData("""{"model":"openai/gpt-4o","messages":[{"role":"system","content":"x"},{"role":"user","content":"hi"}]}""", "miss")]
    [InlineData("""{"model":"openai/gpt-4o","temperature":0.5,"messages":[{"role":"user","content":"hi"}]}""", "miss")]
    [InlineData("""{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}""", "miss")]
    [InlineData("""{"model":"chatonly/gpt-4o","messages":[{"role":"user","content":"hi"}]}""", "miss")]
    public async Task OtherRequest_IsTheSameOnlyWhereItAsksTheSame(string request, string expected)
    {
        await HitAsync(Chat, Key);

        Assert.Equal(expected, await HitAsync(request, Key));
    }

    /// <summary>A Responses object repeats them: another caller's would be told.</summary>
    [Theory]
    [InlineData("metadata", """{"order":"2"}""")]
    [InlineData("user", "\"you\"")]
    public async Task WhatAnAnswerRepeats_Counts(string member, string value)
    {
        await AskAsync("/v1/responses", """{"model":"chatonly/m","input":"hi","metadata":{"order":"1"},"user":"me"}""", Key);

        var other = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["model"] = "chatonly/m", ["input"] = "hi", ["metadata"] = new { order = "1" }, ["user"] = "me", [member] = JsonDocument.Parse(value).RootElement,
        });

        Assert.Equal("miss", (await AskAsync("/v1/responses", other, Key)).Hit);
    }

    [Fact]
    public async Task OtherCacheKey_IsAnotherCache()
    {
        await HitAsync(Chat, Key);

        Assert.Equal("miss", await HitAsync(Chat, ("x-bf-cache-key", "other")));
    }

    [Theory]
    [InlineData("", 300)]
    [InlineData("10", 10)]
    [InlineData("2m", 120)]
    [InlineData("never", 300)]
    [InlineData("-5", 300)]
    public async Task Answer_IsForgottenWhenItsTimeIsOver(string ttl, int seconds)
    {
        await HitAsync(Chat, ttl.Length == 0 ? [Key] : [Key, ("x-bf-cache-ttl", ttl)]);
        Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal("direct", await HitAsync(Chat, Key));
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("miss", await HitAsync(Chat, Key));
    }

    [Fact]
    public async Task NoStore_KeepsNothing_ButTakesWhatIsKept()
    {
        Assert.Equal("miss", await HitAsync(Chat, Key, ("x-bf-cache-no-store", "true")));
        Assert.Equal("miss", await HitAsync(Chat, Key));
        Assert.Equal("direct", await HitAsync(Chat, Key, ("x-bf-cache-no-store", "true")));
    }

    [Fact]
    public async Task LongConversation_IsLeftAlone()
    {
        const string Turn = """{"role":"user","content":"hi"}""";
        var request = Chat.Replace(Turn, string.Join(",", Enumerable.Repeat(Turn, 4)), StringComparison.Ordinal);

        Assert.Equal("", await HitAsync(request, Key));
        Assert.Equal("", await HitAsync(request, Key));
    }

    [Fact]
    public async Task Failure_IsNotKept()
    {
        Upstream.NextJson(500, """{"error":{"message":"no"}}""");

        await HitAsync(Chat, Key);

        Assert.Equal("miss", await HitAsync(Chat, Key));
    }

    [Fact]
    public async Task StreamThatBreaks_IsNotKept()
    {
        var scene = Scene.Of("chat");
        Upstream.NextCutStream(scene, 3);
        await HitAsync(scene.StreamBody, Key);
        Upstream.NextBytes(scene.ContentType, scene.Frames);

        Assert.Equal("miss", await HitAsync(scene.StreamBody, Key));
    }

    [Fact]
    public async Task AnswerOfMoreThanFourMebibytes_IsNotKept()
    {
        var text = new string('x', 5 << 20);
        Upstream.NextJson(200, $$$"""{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"{{{text}}}"},"finish_reason":"stop"}]}""");

        await HitAsync(Chat, Key);

        Assert.Equal("miss", await HitAsync(Chat, Key));
    }

    [Fact]
    public async Task VirtualKeys_HaveCachesOfTheirOwn()
    {
        Assert.Equal("miss", await HitAsync(Chat, Key, ("x-bf-vk", "sk-bf-one")));
        Assert.Equal("miss", await HitAsync(Chat, Key, ("x-bf-vk", "sk-bf-two")));
        Assert.Equal("miss", await HitAsync(Chat, Key));
        Assert.Equal("direct", await HitAsync(Chat, Key, ("x-bf-vk", "sk-bf-one")));
    }

    [Fact]
    public async Task Hits_CountAsRequestsOfTheirVirtualKey()
    {
        await HitAsync(Chat, Key, ("x-bf-vk", "sk-bf-two"));
        await HitAsync(Chat, Key, ("x-bf-vk", "sk-bf-two"));

        var refused = await Gateway.PostAsync("/v1/chat/completions", Chat, Key, ("x-bf-vk", "sk-bf-two"));

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal(1, Asked);
    }

    [Fact]
    public async Task Clear_ForgetsOneAnswer_OrAllOfAKey()
    {
        var other = Chat.Replace("\"hi\"", "\"ho\"", StringComparison.Ordinal);
        var response = await Gateway.PostAsync("/v1/chat/completions", Chat, Key);
        var id = response.Headers.GetValues("x-bf-cache-id").Single();
        await Gateway.LoggedAsync("bytesOut=", 1);
        await Gateway.PostAsync("/v1/chat/completions", other, Key);
        await Gateway.LoggedAsync("bytesOut=", 2);

        using var one = await Gateway.Client.DeleteAsync("/api/cache/clear/" + id);

        Assert.Equal("""{"message":"Cache cleared successfully"}""", await one.Content.ReadAsStringAsync());
        Assert.Equal("direct", Header(await Gateway.PostAsync("/v1/chat/completions", other, Key)));
        Assert.Equal("miss", Header(await Gateway.PostAsync("/v1/chat/completions", Chat, Key)));
        await Gateway.LoggedAsync("bytesOut=", 4);

        using var all = await Gateway.Client.DeleteAsync("/api/cache/clear-by-key/docs");

        Assert.Equal("miss", Header(await Gateway.PostAsync("/v1/chat/completions", other, Key)));
        Assert.Equal("miss", Header(await Gateway.PostAsync("/v1/chat/completions", Chat, Key)));
    }

    [Fact]
    public async Task WhatBuildsOnAnEarlierResponse_IsNotKept()
    {
        const string Answer = """{"id":"r1","object":"response","status":"completed","output":[]}""";
        Upstream.NextJson(200, Answer);
        Upstream.NextJson(200, Answer);
        const string Request = """{"model":"openai/m","input":"hi","previous_response_id":"r0"}""";

        Assert.Equal("", (await AskAsync("/v1/responses", Request, Key)).Hit);
        Assert.Equal("", (await AskAsync("/v1/responses", Request, Key)).Hit);
    }

    private static string Header(HttpResponseMessage response) => response.Headers.GetValues("x-bf-cache").Single();

    private static VirtualKeyConfig VirtualKey(string id) => new() { Id = id, Name = id, Hash = KeyHash.Of("sk-bf-" + id), AllowAllProviders = true };
}
