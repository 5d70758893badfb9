using BifrostLite.Configuration;
using BifrostLite.Storage;

namespace BifrostLite.Tests.Functional.Conversations;

/// <summary>/v1/responses with a memory: what is kept, found again, built on and forgotten.</summary>
public class StoredResponseTests : StatefulTest
{
    [Fact]
    public async Task Retrieve_AfterCreate_GivesTheSameResponse()
    {
        NextMessage("hello");

        // Not the unified route: its answers tell of the call as well (extra_fields).
        var created = await PostAsync("/openai/v1/responses", """{"model":"anthropic/m","input":"hi"}""");

        var got = await GetAsync("/v1/responses/" + Text(created, "id"));

        Assert.Equal(created.GetRawText(), got.GetRawText());
        Assert.Equal(got.GetRawText(), (await GetAsync("/openai/v1/responses/" + Text(created, "id"))).GetRawText());
    }

    [Fact]
    public async Task Retrieve_AfterStream_GivesTheCompletedResponse()
    {
        var scene = Scene.Of("messages");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        var stream = await TextAsync(await Gateway.PostAsync("/v1/responses", """{"model":"anthropic/m","input":"hi","stream":true}"""));
        var id = stream.Split("\"id\":\"")[1].Split('"')[0];

        var got = await GetAsync("/v1/responses/" + id);

        Assert.Equal("completed", Text(got, "status"));
        Assert.Contains(got.GetProperty("output").GetRawText(), stream);
    }

    [Fact]
    public async Task Retrieve_AfterVerbatimStream_GivesTheProvidersResponse()
    {
        var scene = Scene.Of("responses");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await TextAsync(await Gateway.PostAsync("/v1/responses", """{"model":"openai/m","input":"hi","stream":true}"""));

        Assert.Equal("3", Text(await GetAsync("/v1/responses/r1"), "usage", "total_tokens"));
    }

    [Fact]
    public async Task Create_WithSameRequestId_GivesAnotherId()
    {
        NextMessage("one");
        NextMessage("two");
        var first = await SendAsync(HttpMethod.Post, "/v1/responses", """{"model":"anthropic/m","input":"hi"}""", 200, ("x-request-id", "mine"));
        var second = await SendAsync(HttpMethod.Post, "/v1/responses", """{"model":"anthropic/m","input":"hi"}""", 200, ("x-request-id", "mine"));

        Assert.NotEqual(Text(first, "id"), Text(second, "id"));
    }

    [Fact]
    public async Task Create_WithStoreFalse_LeavesNothing()
    {
        NextMessage("hello");
        var created = await AskAsync("""{"model":"anthropic/m","input":"hi","store":false}""");

        await GetAsync("/v1/responses/" + Text(created, "id"), 404);
        Assert.Empty((await Store.ListAsync(new RecordQuery { Kind = "response" })).Value);
    }

    [Fact]
    public async Task Create_WithStoreTrueOverMessages_LosesNothing()
    {
        NextMessage("hello");
        var response = await Gateway.PostAsync("/v1/responses", """{"model":"anthropic/m","input":"hi","store":true}""");

        Assert.False(response.Headers.Contains("x-bf-losses"));
        Assert.Equal("True", Text(await JsonAsync(response), "store"), ignoreCase: true);
    }

    [Fact]
    public async Task Delete_ThenRetrieve_IsGone()
    {
        NextMessage("hello");
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi"}"""), "id");

        var deleted = await DeleteAsync("/v1/responses/" + id);

        Assert.Equal($$"""{"id":"{{id}}","object":"response","deleted":true}""", deleted.GetRawText());
        Assert.Equal("response_not_found", Text(await GetAsync("/v1/responses/" + id, 404), "error", "code"));
        await DeleteAsync("/v1/responses/" + id, 404);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("chatonly")]
    [InlineData("bedrock")]
    public async Task Previous_OverAnyProvider_ReplaysTheTurnsBefore(string provider)
    {
        NextMessage("I am Claude");
        var first = Text(await AskAsync("""{"model":"anthropic/m","input":"I am Ada","instructions":"be brief"}"""), "id");
        NextMessage("you are Ada");
        var second = Text(await AskAsync($$"""{"model":"anthropic/m","input":[{"role":"user","content":"who am I"}],"previous_response_id":"{{first}}"}"""), "id");
        Upstream.NextJson(200, provider switch
        {
            "chatonly" => """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}""",
            "bedrock" => """{"output":{"message":{"role":"assistant","content":[{"text":"x"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""",
            _ => """{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""",
        });

        var third = await AskAsync($$"""{"model":"{{provider}}/m","input":"sure?","previous_response_id":"{{second}}"}""");

        Assert.Equal(second, Text(third, "previous_response_id"));
        var sent = Upstream.Requests.Last().Text;
        var places = new[] { "I am Ada", "I am Claude", "who am I", "you are Ada", "sure?" }.Select(text => sent.IndexOf(text, StringComparison.Ordinal)).ToArray();
        Assert.All(places, place => Assert.True(place > 0, sent));
        Assert.Equal(places.Order(), places);
        Assert.DoesNotContain("be brief", sent);
        Assert.DoesNotContain("previous_response_id", sent);
    }

    [Fact]
    public async Task Previous_AtItsIssuer_GoesOutAsItIs()
    {
        NextResponse("resp_up1", "hello");
        await AskAsync("""{"model":"openai/m","input":"hi"}""");
        NextResponse("resp_up2", "again");

        await AskAsync("""{"model":"openai/m","input":"more","previous_response_id":"resp_up1"}""");

        Assert.Equal("""{"model":"m","input":"more","previous_response_id":"resp_up1"}""", Upstream.Requests.Last().Text);
    }

    [Fact]
    public async Task Previous_OfAnotherIssuer_IsReplayedWithoutForeignIdsAndReasoning()
    {
        NextMessage("hello", """{"type":"thinking","thinking":"hm","signature":"c2ln"},""");
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi"}"""), "id");
        NextResponse("resp_up1", "x");

        await AskAsync($$"""{"model":"openai/m","input":"more","store":true,"previous_response_id":"{{id}}"}""");

        var sent = LastAsked();
        Assert.Equal(3, sent.GetProperty("input").GetArrayLength());
        Assert.DoesNotContain("c2ln", sent.GetRawText());
        Assert.DoesNotContain("\"id\"", sent.GetRawText());
        Assert.DoesNotContain(id, sent.GetRawText());
        Assert.Equal("hello", Text(sent, "input", 1, "content", 0, "text"));
        Assert.Equal("true", Text(sent, "store"));
    }

    [Fact]
    public async Task Previous_AtTheIssuerOfReasoning_GivesItBack()
    {
        NextMessage("hello", """{"type":"thinking","thinking":"hm","signature":"c2ln"},""");
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi"}"""), "id");
        NextMessage("x");

        await AskAsync($$"""{"model":"anthropic/m","input":"more","previous_response_id":"{{id}}","reasoning":{"effort":"low"} }""");

        Assert.Equal("c2ln", Text(LastAsked(), "messages", 1, "content", 0, "signature"));
    }

    /// <summary>A client's history may begin at a provider that is no longer asked: the answer comes without it, and the header says so.</summary>
    [Theory]
    [InlineData("previous_response_id", "resp_0435eb6c2aa8e9eb0069e15ffdbb848195ab503209f100317f")]
    [InlineData("conversation", "conv_68c1a2b3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f607")]
    public async Task History_OfAnotherProvider_IsAReportedLoss(string member, string id)
    {
        NextMessage("hello");

        using var answer = await Gateway.PostAsync("/v1/responses", $$"""{"model":"anthropic/m","input":"hi","{{member}}":"{{id}}"} """);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Contains(member, string.Join(',', answer.Headers.GetValues("x-bf-losses")), StringComparison.Ordinal);
        Assert.Equal("hi", Text(LastAsked(), "messages", 0, "content", 0, "text"));
    }

    [Fact]
    public async Task Previous_Unknown_IsRefusedInOpenAisWords()
    {
        var error = await AskAsync("""{"model":"anthropic/m","input":"hi","previous_response_id":"resp_none"}""", 400);

        Assert.Equal("previous_response_not_found", Text(error, "error", "code"));
        Assert.Equal("previous_response_id", Text(error, "error", "param"));
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Previous_UnknownHere_MayBeTheProviders()
    {
        NextResponse("resp_up2", "x");

        await AskAsync("""{"model":"openai/m","input":"hi","previous_response_id":"resp_elsewhere"}""");

        Assert.Contains("resp_elsewhere", Seen().Text);
    }

    [Fact]
    public async Task Previous_AfterRestart_IsStillThere()
    {
        NextMessage("I am Claude");
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"I am Ada"}"""), "id");
        await RestartAsync();
        NextMessage("x");

        await AskAsync($$"""{"model":"anthropic/m","input":"more","previous_response_id":"{{id}}"}""");

        Assert.Equal(3, LastAsked().GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task Fallback_OfANativeTurn_GetsItReplayed()
    {
        NextResponse("resp_up1", "hello");
        await AskAsync("""{"model":"openai/m","input":"hi"}""");
        Upstream.NextJson(400, """{"error":{"message":"no such model","type":"invalid_request_error","code":"model_not_found"}}""");
        Upstream.Always = http => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, """
            {"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}
            """);

        var answer = await AskAsync("""{"model":"openai/m","fallbacks":["anthropic/m"],"input":"more","previous_response_id":"resp_up1"}""");

        Assert.Equal("completed", Text(answer, "status"));
        Assert.Equal(3, LastAsked().GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task InputItems_PageByPage_GiveAllOfTheChain()
    {
        NextMessage("one");
        var first = Text(await AskAsync("""{"model":"anthropic/m","input":"a"}"""), "id");
        NextMessage("two");
        var second = Text(await AskAsync($$"""{"model":"anthropic/m","input":[{"role":"user","content":"b"},{"role":"user","content":"c"}],"previous_response_id":"{{first}}"}"""), "id");

        var all = await GetAsync($"/v1/responses/{second}/input_items?order=asc");
        var page = await GetAsync($"/v1/responses/{second}/input_items?order=asc&limit=3");
        var rest = await GetAsync($"/v1/responses/{second}/input_items?order=asc&after={Text(page, "last_id")}");

        Assert.Equal(["a", "one", "b", "c"], all.GetProperty("data").EnumerateArray().Select(item => Text(item, "content", 0, "text")));
        Assert.Equal("false", Text(all, "has_more").ToLowerInvariant());
        Assert.Equal("true", Text(page, "has_more").ToLowerInvariant());
        Assert.Equal("c", Text(Assert.Single(rest.GetProperty("data").EnumerateArray()), "content", 0, "text"));
        Assert.Equal("c", Text(await GetAsync($"/v1/responses/{second}/input_items?limit=1"), "data", 0, "content", 0, "text"));
    }

    [Fact]
    public async Task InputItems_WithBadPaging_AreRefused()
    {
        await GetAsync("/v1/responses/x/input_items?limit=0", 400);
        await GetAsync("/v1/responses/x/input_items?order=up", 400);
        await GetAsync("/v1/responses/x/input_items", 404);
    }

    [Fact]
    public async Task Response_OfOneVirtualKey_IsNobodyElses()
    {
        await using var gateway = await StartAsync(config => config with
        {
            Governance = new GovernanceConfig
            {
                VirtualKeys =
                [
                    new VirtualKeyConfig { Id = "vk-a", Name = "a", Hash = KeyHash.Of("sk-bf-a"), AllowAllProviders = true },
                    new VirtualKeyConfig { Id = "vk-b", Name = "b", Hash = KeyHash.Of("sk-bf-b"), AllowAllProviders = true },
                ],
            },
        });
        NextMessage("hello");
        var created = await ExpectAsync(await gateway.PostAsync("/v1/responses", """{"model":"anthropic/m","input":"hi"}""", ("x-bf-vk", "sk-bf-a")), 200);
        var id = Text(created, "id");

        Assert.Equal(404, await StatusAsync(gateway, id, "sk-bf-b"));
        Assert.Equal(404, await StatusAsync(gateway, id, null));
        Assert.Equal(404, await StatusAsync(gateway, "vk-a%2F" + id, null));
        Assert.Equal(200, await StatusAsync(gateway, id, "sk-bf-a"));
        var body = $$"""{"model":"openai/m","input":"hi","previous_response_id":"{{id}}"}""";
        await ExpectAsync(await gateway.PostAsync("/v1/responses", body, ("x-bf-vk", "sk-bf-b")), 400);
    }

    [Fact]
    public async Task NoStore_LeavesTheRequestAsItIs()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        NextResponse("resp_up1", "x");

        await ExpectAsync(await gateway.PostAsync("/v1/responses", """{"model":"openai/m","input":"hi","previous_response_id":"resp_0"}"""), 200);

        Assert.Contains("resp_0", Seen().Text);
        Assert.Equal(501, (int)(await gateway.Client.GetAsync("/v1/responses/resp_up1")).StatusCode);
    }

    private static async Task<int> StatusAsync(RunningGateway gateway, string id, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/responses/" + id);
        if (key is not null)
        {
            request.Headers.Add("x-bf-vk", key);
        }

        return (int)(await gateway.Client.SendAsync(request)).StatusCode;
    }

    /// <summary>Only the key that made a response finds it at the provider: any other is told what was said. The first draws nearly every request.</summary>
    [Fact]
    public async Task Previous_KeyThatHoldsItIsRateLimited_TheOtherGetsTheItems()
    {
        await Gateway.DisposeAsync();
        Gateway = await StartAsync(config => config with
        {
            Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
            {
                Keys = [.. new[] { ("a", 1e9), ("b", 1.0) }.Select(key => new KeyConfig { Id = key.Item1, Name = key.Item1, Value = new Secret("sk-" + key.Item1), Weight = key.Item2 })],
                Network = p.Value.Network with { MaxRetries = 1, RetryBackoffInitial = TimeSpan.FromMilliseconds(1) },
            }),
        });
        NextResponse("resp_1", "hello Ada");
        await AskAsync("""{"model":"openai/m","input":"I am Ada"}""");
        Upstream.NextJson(429, """{"error":{"message":"slow down"}}""", ("Retry-After", "0"));
        NextResponse("resp_2", "Ada");

        await AskAsync("""{"model":"openai/m","input":"who am I?","previous_response_id":"resp_1"}""");

        var (held, told) = (Upstream.Requests.ElementAt(1), Upstream.Requests.ElementAt(2));
        Assert.Equal(("Bearer sk-a", "Bearer sk-b"), (held.Headers["Authorization"], told.Headers["Authorization"]));
        Assert.Contains("previous_response_id", held.Text);
        Assert.DoesNotContain("previous_response_id", told.Text);
        Assert.Contains("hello Ada", told.Text);
    }
}
