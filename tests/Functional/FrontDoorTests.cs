using System.Net;
using System.Text;

namespace BifrostLite.Tests.Functional;

/// <summary>The doors themselves: protocols on the one port, health, CORS, and paths that lead nowhere.</summary>
public class FrontDoorTests : FunctionalTest
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task OnePort_SpeaksHttp1AndCleartextHttp2(string version)
    {
        var scene = Scene.Of("converse");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        using var request = new HttpRequestMessage(HttpMethod.Post, scene.StreamPath)
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(scene.StreamBody, Encoding.UTF8, "application/json"),
        };

        var response = await gateway.Client.SendAsync(request);

        Assert.Equal(Version.Parse(version), response.Version);
        Assert.Equal(scene.Stream, await BytesAsync(response));
    }

    [Fact]
    public async Task HeadOfRoot_IsAnsweredAsClaudeCodeExpects()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        using var request = new HttpRequestMessage(HttpMethod.Head, "/");

        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Health_IsOk()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.Client.GetAsync("/health");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("ok", (await JsonAsync(response)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task WebSocketOnResponses_Is426_SoThatCodexFallsBackAtOnce()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/responses");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Theory]
    [InlineData("chat", "POST", "/v1/nowhere", 404)]
    [InlineData("chat", "GET", "/v1/chat/completions", 405)]
    [InlineData("chat", "GET", "/nowhere/at/all", 404)]
    [InlineData("chat", "DELETE", "/openai/v1/chat/completions", 405)]
    [InlineData("chat", "GET", "/cursor/v1/chat/completions", 405)]
    [InlineData("responses", "GET", "/v1/responses", 405)]
    [InlineData("messages", "POST", "/anthropic/v1/nowhere", 404)]
    [InlineData("messages", "GET", "/v1/messages", 405)]
    [InlineData("messages", "PUT", "/anthropic/v1/messages", 405)]
    [InlineData("messages", "GET", "/cursor/v1/messages", 405)]
    [InlineData("converse", "POST", "/bedrock/model/m/nowhere", 404)]
    [InlineData("converse", "GET", "/bedrock/model/m/converse", 405)]
    [InlineData("converse", "POST", "/cursor/model/m/nowhere", 404)]
    [InlineData("genai", "POST", "/v1beta/models/m:nowhere", 404)]
    [InlineData("genai", "PUT", "/v1beta/models/m:generateContent", 405)]
    public async Task PathOrMethodThatIsNotThere_IsAnsweredInTheDialectsEnvelope(string dialect, string method, string path, int status)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var response = await gateway.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Contains("POST"));
        Assert.Contains(path, Envelope.Message(dialect, await JsonAsync(response)));
    }

    [Fact]
    public async Task Preflight_IsAllowedFromAnywhereByDefault()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        using var request = Preflight("https://app.example");

        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal("*", string.Join(",", response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("authorization", string.Join(",", response.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Upstream.Requests);
    }

    [Theory]
    [InlineData("https://app.example", true)]
    [InlineData("https://evil.example", false)]
    public async Task Preflight_WithConfiguredOrigins_IsAllowedToThemOnly(string origin, bool isAllowed)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with { Client = config.Client with { AllowedOrigins = ["https://app.example"] } });
        using var request = Preflight(origin);

        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(isAllowed, response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Answer_ToAPageOfAnotherOrigin_CarriesTheCorsHeader()
    {
        var scene = Scene.Of("chat");
        Upstream.NextJson(400, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        using var response = await gateway.PostAsync(scene.Path, scene.Body, ("Origin", "https://app.example"));

        Assert.Equal("*", string.Join(",", response.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/openai/chat/completions")]
    [InlineData("/cursor/v1/messages")]
    [InlineData("/cursor/v1/messages/some/suffix")]
    [InlineData("/anthropic/v1/messages/some/suffix")]
    [InlineData("/v1/messages?beta=true")]
    [InlineData("/v1/responses")]
    [InlineData("/openai/v1/responses")]
    public async Task EveryDoor_LeadsToTheProviderOfItsDialect(string path)
    {
        var scene = Scene.Of(path.Contains("messages", StringComparison.Ordinal) ? "messages" : path.Contains("responses", StringComparison.Ordinal) ? "responses" : "chat");
        Upstream.NextJson(400, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        using var response = await gateway.PostAsync(path, scene.Body);

        var expected = scene.Dialect switch { "messages" => "/v1/messages", "responses" => "/v1/responses", _ => "/v1/chat/completions" };
        Assert.Equal(expected, Seen().Target);
    }

    private static HttpRequestMessage Preflight(string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/v1/chat/completions");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "authorization,content-type");
        return request;
    }
}
