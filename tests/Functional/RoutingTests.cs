namespace BifrostLite.Tests.Functional;

/// <summary>Fallbacks: who is asked next, when, and whose failure counts.</summary>
public class RoutingTests : FunctionalTest
{
    private const string Answer = """{"id":"c1","object":"chat.completion","model":"m2","choices":[{"index":0,"message":{"role":"assistant","content":"from the second"},"finish_reason":"stop"}]}""";

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(401)]
    public async Task Fallback_IsAskedWhenTheFirstFails(int status)
    {
        Upstream.NextJson(status, """{"error":{"message":"no"}}""");
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(
            "/openai/v1/chat/completions", """{"model":"openai/m1","fallbacks":["chatonly/m2"],"messages":[{"role":"user","content":"hi"}]}""");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("chatonly", Assert.Single(response.Headers.GetValues("x-bf-provider")));
        Assert.Equal(Answer, await TextAsync(response));
        Assert.Equal(["""{"model":"m1","messages":[{"role":"user","content":"hi"}]}""", """{"model":"m2","messages":[{"role":"user","content":"hi"}]}"""], Upstream.Requests.Select(r => r.Text));
    }

    [Fact]
    public async Task Fallback_OfAnotherDialect_IsTranslated()
    {
        Upstream.NextStream("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"}}\n\n");
        Upstream.NextBytes("text/event-stream", Scene.Of("chat").Frames);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(
            "/v1/messages", """{"model":"anthropic/m1","fallbacks":["chatonly/m2"],"stream":true,"max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""");
        var answer = await TextAsync(response);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("\"text_delta\"", answer);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", answer);
        Assert.Equal(["/v1/messages", "/v1/chat/completions"], Upstream.Requests.Select(r => r.Target));
    }

    [Theory]
    [InlineData(400, "context_length_exceeded")]
    [InlineData(400, "unsupported_parameter")]
    [InlineData(404, "model_not_found")]
    [InlineData(422, "unprocessable")]
    public async Task Fallback_IsAskedWhenTheFirstCannotTakeTheRequest(int status, string code)
    {
        Upstream.NextJson(status, $$$"""{"error":{"message":"not here","type":"invalid_request_error","code":"{{{code}}}"}}""");
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(
            "/v1/chat/completions", """{"model":"openai/m1","fallbacks":["chatonly/m2"],"messages":[{"role":"user","content":"hi"}]}""");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(2, Upstream.Requests.Count);
    }

    [Fact]
    public async Task AllFail_ThePrimarysErrorCounts()
    {
        Upstream.NextJson(503, """{"error":{"message":"the first is down"}}""");
        Upstream.NextJson(500, """{"error":{"message":"the second is down"}}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(
            "/v1/chat/completions", """{"model":"openai/m1","fallbacks":["chatonly/m2"],"messages":[{"role":"user","content":"hi"}]}""");

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains("the first is down", await TextAsync(response));
        Assert.Equal(2, Upstream.Requests.Count);
    }

    [Fact]
    public async Task UnknownFallback_Is400NamingFallbacks_BeforeAnybodyIsAsked()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with
        {
            Providers = config.Providers.Where(p => p.Key == "chatonly").ToDictionary(),
        });

        var response = await gateway.PostAsync(
            "/v1/messages", """{"model":"chatonly/m","fallbacks":["","x/y"],"max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""");

        // "x" is no provider, so that "x/y" is a model of the first one's provider; "" is no model at all.
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("fallbacks", Envelope.Message("messages", await JsonAsync(response)));
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Strict_RefusesALossyTranslation_BeforeAnybodyIsAsked()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(
            "/v1/messages",
            """{"model":"chatonly/m","max_tokens":5,"top_k":3,"messages":[{"role":"user","content":"hi"}]}""",
            ("x-bf-strict", "true"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("top_k", Envelope.Message("messages", await JsonAsync(response)));
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Losses_AreNamedInAHeader()
    {
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        using var response = await gateway.PostAsync("/v1/messages", """{"model":"chatonly/m","max_tokens":5,"top_k":3,"messages":[{"role":"user","content":"hi"}]}""");

        Assert.Contains("top_k=unsupported", Assert.Single(response.Headers.GetValues("x-bf-losses")));
    }
}
