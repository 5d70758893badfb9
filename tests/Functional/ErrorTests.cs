using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BifrostLite.Tests.Functional;

/// <summary>Failures before the first byte: the real status in the caller's own envelope, the upstream's words kept.</summary>
public class ErrorTests : FunctionalTest
{
    private static readonly Dictionary<string, string> OwnErrors = new()
    {
        ["chat"] = """{ "error": {"message":"Rate limit reached for gpt","type":"tokens","param":null,"code":"rate_limit_exceeded","extra":1.0} }""",
        ["responses"] = """{ "error": {"message":"Rate limit reached for gpt","type":"tokens","param":null,"code":"rate_limit_exceeded","extra":1.0} }""",
        ["messages"] = """{"type":"error","error":{"type":"rate_limit_error","message":"Rate limit reached for claude"}, "request_id":"req_1"}""",
        ["genai"] = """{ "error": {"code":429,"message":"Rate limit reached for gemini","status":"RESOURCE_EXHAUSTED","details":[]} }""",
        ["converse"] = """{"message":"Rate limit reached for claude, slow down"}""",
        ["invoke"] = """{"message":"Rate limit reached for claude, slow down"}""",
    };

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("genai")]
    public async Task UpstreamsOwnError_SameDialect_IsByteForByte(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextJson(429, OwnErrors[dialect], ("retry-after", "3"));
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal("3", response.Headers.RetryAfter!.ToString());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(OwnErrors[dialect], await TextAsync(response));
    }

    [Theory]
    [InlineData("chat", "anthropic")]
    [InlineData("responses", "chatonly")]
    [InlineData("messages", "chatonly")]
    [InlineData("converse", "anthropic")]
    [InlineData("cursor", "anthropic")]
    [InlineData("chat", "bedrock")]
    [InlineData("messages", "bedrock")]
    [InlineData("messages", "gemini")]
    [InlineData("genai", "anthropic")]
    public async Task UpstreamsError_OtherDialect_KeepsStatusWordsAndRetryAfter(string dialect, string provider)
    {
        var scene = Scene.Of(dialect, provider);
        var upstreamDialect = provider switch { "anthropic" => "messages", "bedrock" => "converse", "gemini" => "genai", _ => "chat" };
        Upstream.NextJson(429, OwnErrors[upstreamDialect], ("retry-after", "3"));
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal("3", response.Headers.RetryAfter!.ToString());
        Assert.Contains("Rate limit reached for", Envelope.Message(dialect, await JsonAsync(response)));
    }

    [Theory]
    [InlineData("chat", "openai")]
    [InlineData("responses", "openai")]
    [InlineData("messages", "anthropic")]
    [InlineData("messages", "chatonly")]
    [InlineData("converse", "bedrock")]
    [InlineData("invoke", "bedrock")]
    [InlineData("genai", "gemini")]
    public async Task HtmlOfAProxy_BecomesTheDialectsEnvelope(string dialect, string provider)
    {
        var scene = Scene.Of(dialect, provider);
        Upstream.Next(async http =>
        {
            http.Response.StatusCode = 503;
            http.Response.ContentType = "text/html";
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("<html><body>Bad day</body></html>"));
        });
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.DoesNotContain("<html", Envelope.Message(dialect, await JsonAsync(response)));
    }

    [Theory]
    [InlineData("chat", "openai")]
    [InlineData("messages", "openai")]
    [InlineData("converse", "bedrock")]
    public async Task UnreachableProvider_Is502NamingIt(string dialect, string provider)
    {
        var scene = Scene.Of(dialect, provider);
        await using var gateway = await RunningGateway.StartAsync(Upstream, RunningGateway.Network(n => n with { BaseUrl = ClosedPort() }));

        var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(502, (int)response.StatusCode);
        Assert.Contains($"\"{provider}\" could not be asked", Envelope.Message(dialect, await JsonAsync(response)));
    }

    [Theory]
    [InlineData("chat", "openai", "data: {\"error\":{\"message\":\"the queue is full\",\"type\":\"server_error\",\"code\":503}}\n\n", 503)]
    [InlineData("responses", "openai", "event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"the queue is full\",\"param\":null,\"sequence_number\":0}\n\n", 429)]
    [InlineData("messages", "anthropic", "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"the queue is full\"}}\n\n", 529)]
    [InlineData("chat", "anthropic", "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"the queue is full\"}}\n\n", 529)]
    public async Task ErrorAsFirstFrame_IsARealStatus(string dialect, string provider, string frame, int status)
    {
        var scene = Scene.Of(dialect, provider);
        Upstream.NextStream(": hello\n\n", frame);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("the queue is full", Envelope.Message(dialect, await JsonAsync(response)));
    }

    [Theory]
    [InlineData("converse")]
    [InlineData("invoke")]
    [InlineData("messages")]
    public async Task ExceptionAsFirstFrame_IsARealStatus(string dialect)
    {
        var scene = Scene.Of(dialect, "bedrock");
        Upstream.NextBytes(Scene.EventStream, Scene.Exception("throttlingException", """{"message":"the queue is full"}"""));
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Contains("the queue is full", Envelope.Message(dialect, await JsonAsync(response)));
    }

    [Fact]
    public async Task ErrorFrameInMidStream_PassesVerbatim_AndNothingFollows()
    {
        var scene = Scene.Of("messages");
        var begin = Encoding.UTF8.GetString(scene.Frames[0]);
        const string Error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"sorry\"},\"request_id\":\"r\"}\n\n";
        Upstream.NextStream(begin, Error);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var answer = await TextAsync(await gateway.PostAsync(scene.StreamPath, scene.StreamBody));

        Assert.Equal(begin + Error, answer);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("converse")]
    [InlineData("genai")]
    public async Task AnswerThatIsNoAnswer_Is502(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextJson(200, "{\"hello\":");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(502, (int)response.StatusCode);
        Assert.NotEmpty(Envelope.Message(dialect, await JsonAsync(response)));
    }

    /// <summary>A port that was free a moment ago.</summary>
    private static Uri ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}");
    }
}
