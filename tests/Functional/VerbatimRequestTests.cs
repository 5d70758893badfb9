using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace BifrostLite.Tests.Functional;

/// <summary>A request for a provider of the caller's own dialect: a few splices, every other byte as it came.</summary>
public class VerbatimRequestTests : FunctionalTest
{
    private const string ChatStreamOfUsage =
        "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n"
        + "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n";

    private const string UsageFrame = "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\n";

    [Theory]
    [InlineData(
        "/openai/v1/chat/completions",
        "{ \"messages\" : [ {\"role\":\"user\",\"content\":\"\\ud83d\\u00e9\"} ] ,\n\"model\":\"openai/gpt-5\" , \"temperature\":1.0, \"x\":{\"model\":\"openai/gpt-5\"}, \"n\":12345678901234567890 }",
        "{ \"messages\" : [ {\"role\":\"user\",\"content\":\"\\ud83d\\u00e9\"} ] ,\n\"model\":\"gpt-5\" , \"temperature\":1.0, \"x\":{\"model\":\"openai/gpt-5\"}, \"n\":12345678901234567890 }")]
    [InlineData(
        "/openai/v1/responses",
        """{"model":"gpt-5","input":"hi","fallbacks":["anthropic/claude"],"z":1}""",
        """{"model":"gpt-5","input":"hi","z":1}""")]
    [InlineData(
        "/v1/messages",
        """{"fallbacks":[],"model":"anthropic/claude","max_tokens":5,"messages":[{"role":"user","content":"hi"},{"role":"system","content":"s"}]}""",
        """{"model":"claude","max_tokens":5,"messages":[{"role":"user","content":"hi"},{"role":"system","content":"s"}]}""")]
    [InlineData(
        "/v1/messages",
        """{"model":"claude","max_tokens":5,"messages":[{"role":"user","content":"hi"}],"output_config":{"effort":"high"}}""",
        """{"model":"claude","max_tokens":5,"messages":[{"role":"user","content":"hi"}],"output_config":{"effort":"high"}}""")]
    [InlineData(
        "/openai/v1/chat/completions",
        """{"model":"openai/o","stream":true,"messages":[{"role":"user","content":"hi"}]}""",
        """{"stream_options":{"include_usage":true},"model":"o","stream":true,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData(
        "/openai/v1/chat/completions",
        """{"model":"o","stream":true,"stream_options":{"include_obfuscation":false},"messages":[{"role":"user","content":"hi"}]}""",
        """{"model":"o","stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData(
        "/openai/v1/chat/completions",
        """{"model":"o","stream":true,"stream_options":{"include_usage":false},"messages":[{"role":"user","content":"hi"}]}""",
        """{"model":"o","stream":true,"stream_options":{"include_usage":false},"messages":[{"role":"user","content":"hi"}]}""")]
    public async Task Body_SameDialect_IsSplicedAndOtherwiseUntouched(string path, string sent, string expected)
    {
        Upstream.NextJson(400, """{"error":{"message":"seen"}}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        using var response = await gateway.PostAsync(path, sent);

        Assert.Equal(expected, Upstream.Requests.First().Text);
    }

    [Theory]
    [InlineData("/bedrock/model/us.anthropic.claude-v1%3A0/converse", "/model/us.anthropic.claude-v1%3A0/converse")]
    [InlineData("/bedrock/model/bedrock%2Fus.anthropic.claude-v1:0/converse", "/model/us.anthropic.claude-v1%3A0/converse")]
    [InlineData(
        "/bedrock/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1234%3Ainference-profile%2Fus.claude/converse-stream",
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1234%3Ainference-profile%2Fus.claude/converse-stream")]
    [InlineData("/bedrock/model/us.claude%3A0/invoke", "/model/us.claude%3A0/invoke")]
    [InlineData("/cursor/model/us.claude%3A0/converse", "/model/us.claude%3A0/converse")]
    [InlineData("/v1beta/models/gemini-2.5-pro:generateContent", "/v1beta/models/gemini-2.5-pro:generateContent")]
    [InlineData("/genai/v1beta/models/gemini%2Fgemini-2.5-pro:streamGenerateContent?alt=sse", "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse")]
    [InlineData("/genai/v1beta/gemini/gemini-2.5-pro:streamGenerateContent?alt=sse", "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse")]
    public async Task ModelInPath_ReachesTheUpstreamsPath_AndTheBodyIsUntouched(string path, string expected)
    {
        const string Body = """{ "messages":[{"role":"user","content":[{"text":"hi"}]}], "contents":[], "model":"mine" }""";
        Upstream.NextJson(400, """{"message":"seen"}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        using var response = await gateway.PostAsync(path, Body);

        Assert.Equal(expected, Seen().Target);
        Assert.Equal(Body, Seen().Text);
    }

    [Fact]
    public async Task UsageFrame_NobodyAskedFor_IsLeftOut()
    {
        Upstream.NextStream(ChatStreamOfUsage, UsageFrame, "data: [DONE]\n\n");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/openai/v1/chat/completions", """{"model":"openai/m","stream":true,"messages":[{"role":"user","content":"hi"}]}""");

        Assert.Equal(ChatStreamOfUsage + "data: [DONE]\n\n", await TextAsync(response));
    }

    [Fact]
    public async Task UsageFrame_TheCallerAskedFor_Passes()
    {
        Upstream.NextStream(ChatStreamOfUsage, UsageFrame, "data: [DONE]\n\n");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(
            "/openai/v1/chat/completions",
            """{"model":"openai/m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""");

        Assert.Equal(ChatStreamOfUsage + UsageFrame + "data: [DONE]\n\n", await TextAsync(response));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task CompressedBody_ReachesTheUpstreamPlain(string coding)
    {
        const string Body = """{"model":"claude","max_tokens":5,"messages":[{"role":"user","content":"squeezed"}]}""";
        Upstream.NextJson(400, """{"error":{"message":"seen"}}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        using var content = new ByteArrayContent(Compress(coding, Body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add(coding);

        using var response = await gateway.PostAsync("/v1/messages", content);

        Assert.Equal(Body, Seen().Text);
        Assert.DoesNotContain("Content-Encoding", Seen().Headers.Keys);
    }

    [Fact]
    public async Task ZstdBody_IsRefusedBySayingWhatWorks()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        using var content = new ByteArrayContent([0x28, 0xb5, 0x2f, 0xfd]);
        content.Headers.ContentEncoding.Add("zstd");

        var response = await gateway.PostAsync("/v1/messages", content);

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Contains("zstd is not supported; use one of gzip, br", await TextAsync(response));
        Assert.Empty(Upstream.Requests);
    }

    private static byte[] Compress(string coding, string text)
    {
        using var output = new MemoryStream();
        using (Stream packer = coding switch
        {
            "gzip" => new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            packer.Write(Encoding.UTF8.GetBytes(text));
        }

        return output.ToArray();
    }
}
