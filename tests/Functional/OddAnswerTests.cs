using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Functional;

/// <summary>What proxies, portals and half-broken servers answer in a provider's stead comes out in the caller's own grammar.</summary>
public class OddAnswerTests : FunctionalTest
{
    private const string ChatAnswer =
        """{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there"},"finish_reason":"stop"}]}""";

    private const string ResponsesAnswer =
        """{"id":"r1","object":"response","status":"completed","output":[{"id":"i1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello there","annotations":[]}]}]}""";

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("converse")]
    [InlineData("genai")]
    public async Task SwitchedProtocols_AreAnErrorInTheCallersDialect(string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.Next(http =>
        {
            http.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;
            http.Response.Headers.Upgrade = "websocket";
            http.Response.Headers.Connection = "Upgrade";
            return Task.CompletedTask;
        });
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(502, (int)response.StatusCode);
        Assert.Contains("101", Envelope.Message(dialect, await JsonAsync(response)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    public async Task GzippedAnswer_IsUnpacked(string dialect)
    {
        NextPacked(200, "application/json", Encoding.UTF8.GetBytes(ChatAnswer));
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var scene = Scene.Of(dialect, "chatonly");

        var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.False(response.Content.Headers.Contains("Content-Encoding"));
        Assert.Contains("Hello there", await TextAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GzippedStream_IsUnpackedToTheByte()
    {
        var scene = Scene.Of("messages");
        NextPacked(200, scene.ContentType, scene.Stream);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        Assert.Equal(scene.Stream, await BytesAsync(await gateway.PostAsync(scene.StreamPath, scene.StreamBody)));
    }

    [Fact]
    public async Task GzippedError_IsReadable()
    {
        NextPacked(400, "application/json", """{"error":{"message":"too warm","type":"invalid_request_error"}}"""u8.ToArray());
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var scene = Scene.Of("messages", "chatonly");

        var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("too warm", Envelope.Message("messages", await JsonAsync(response)));
    }

    [Theory]
    [InlineData("chat", false)]
    [InlineData("messages", false)]
    [InlineData("messages", true)]
    public async Task AnswerThatOnlySaysItIsGzipped_Is502(string dialect, bool stream)
    {
        Upstream.NextJson(200, ChatAnswer, ("Content-Encoding", "gzip"));
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var scene = Scene.Of(dialect, "chatonly");

        var response = await gateway.PostAsync(scene.Path, stream ? scene.StreamBody : scene.Body);

        Assert.Equal(502, (int)response.StatusCode);
    }

    /// <summary>It once came out as an answer without its text.</summary>
    [Theory]
    [InlineData(ResponsesAnswer + "garbage")]
    [InlineData(ResponsesAnswer + "{}")]
    public async Task ResponsesObjectWithSomethingBehind_Is502AndNoEmptyAnswer(string body)
    {
        Upstream.NextJson(200, body);
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var scene = Scene.Of("messages", "openai");

        Assert.Equal(502, (int)(await gateway.PostAsync(scene.Path, scene.Body)).StatusCode);
    }

    [Theory]
    [InlineData("messages", "chatonly", ChatAnswer)]
    [InlineData("converse", "openai", ResponsesAnswer)]
    public async Task AnswerThatIsNoUtf8_Is502WhereItIsTranslated(string dialect, string provider, string answer)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        bytes[Array.IndexOf(bytes, (byte)'H')] = 0xFF;
        Upstream.NextBytes("application/json", bytes);
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var scene = Scene.Of(dialect, provider);

        var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(502, (int)response.StatusCode);
        Assert.Contains("UTF-8", Envelope.Message(dialect, await JsonAsync(response)), StringComparison.Ordinal);
    }

    /// <summary>Clients read 8 to 64 kB of headers; a member's name is the caller's to choose.</summary>
    [Fact]
    public async Task LossOfAnEndlessName_StaysAShortHeader()
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var scene = Scene.Of("messages", "chatonly");

        var response = await gateway.PostAsync(scene.Path, $"{scene.Body[..^1]},\"{new string('k', 100_000)}\":1}}");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.InRange(Assert.Single(response.Headers.GetValues("x-bf-losses")).Length, 20, 250);
    }

    private void NextPacked(int status, string contentType, byte[] plain) => Upstream.Next(async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.Headers.ContentEncoding = "gzip";
        await using var packed = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await packed.WriteAsync(plain);
    });
}
