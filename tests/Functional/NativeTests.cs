using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional;

/// <summary>What only OpenAI's API has, and the prefixes that name their provider: as they are, with the gateway's key.</summary>
public class NativeTests : FunctionalTest
{
    [Theory]
    [InlineData("/v1/completions")]
    [InlineData("/openai/v1/completions")]
    [InlineData("/openai/moderations")]
    [InlineData("/v1/images/generations")]
    [InlineData("/v1/rerank")]
    public async Task Json_PassesWithTheModelsOwnName(string path)
    {
        Upstream.NextJson(200, """{"data":[1,2],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream, level: LogLevel.Information);

        var response = await gateway.PostAsync(path, """{"model":"openai/m-1","prompt":"hi","x":[1.0]}""");

        Assert.Equal("""{"data":[1,2],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""", await TextAsync(response));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("/v1" + path[(path.IndexOf("1/", StringComparison.Ordinal) is > 0 and var at ? at + 1 : "/openai".Length)..], Seen().Target);
        Assert.Equal("""{"model":"m-1","prompt":"hi","x":[1.0]}""", Seen().Text);
        Assert.Equal("Bearer " + RunningGateway.OpenAiKey, Seen().Headers["Authorization"]);
        await gateway.LoggedAsync("in=3 out=4", 1);
    }

    [Fact]
    public async Task Sound_ComesAsBytesOfItsOwnType()
    {
        var sound = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        Upstream.NextBytes("audio/mpeg", sound[..10], sound[10..]);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/audio/speech", """{"model":"tts-1","input":"hi","voice":"alloy"}""");

        Assert.Equal("audio/mpeg", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(sound, await BytesAsync(response));
    }

    [Fact]
    public async Task Form_PassesWithTheModelsOwnNameAndItsFileUntouched()
    {
        Upstream.NextJson(200, """{"text":"hello"}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var file = Enumerable.Range(0, 5_000).Select(i => (byte)(i * 7)).ToArray();
        using var form = new MultipartFormDataContent("b0undary");
        form.Add(new ByteArrayContent(file), "file", "a.wav");
        form.Add(new StringContent("openai/whisper-1"), "model");
        form.Add(new StringContent("json"), "response_format");

        var response = await gateway.PostAsync("/v1/audio/transcriptions", form);

        Assert.Equal("""{"text":"hello"}""", await TextAsync(response));
        Assert.StartsWith("multipart/form-data; boundary=", Seen().Headers["Content-Type"], StringComparison.Ordinal);
        var sent = Encoding.Latin1.GetString(Seen().Body);
        Assert.Contains("\r\n\r\nwhisper-1\r\n--b0undary", sent, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\njson\r\n--b0undary--", sent, StringComparison.Ordinal);
        Assert.Contains(Encoding.Latin1.GetString(file), sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--b--\r\n")]
    [InlineData("--b")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n\r\n--b--\r\n")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm")]
    public async Task Form_WithoutAModel_Is400(string body)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        Assert.Equal(400, (int)(await gateway.PostAsync("/v1/audio/transcriptions", content)).StatusCode);
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Refusal_ComesAsTheProvidersOwn()
    {
        Upstream.NextJson(404, """{"error":{"message":"no such thing","type":"invalid_request_error","param":null,"code":null}}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/openai/v1/completions", """{"model":"m","prompt":"hi"}""");

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("no such thing", (await JsonAsync(response)).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task AnswerThatBreaksOff_BreaksOffForTheCaller()
    {
        var isRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            http.Response.ContentType = "audio/mpeg";
            await http.Response.Body.WriteAsync(new byte[100]);
            await http.Response.Body.FlushAsync();
            await isRead.Task;
            http.Abort();
        });
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/audio/speech", """{"model":"tts-1","input":"hi"}""");

        await using var sound = await response.Content.ReadAsStreamAsync();
        await sound.ReadExactlyAsync(new byte[100]);
        isRead.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(async () => await sound.ReadExactlyAsync(new byte[1]));
    }

    [Fact]
    public async Task ProviderUnlikeOpenAI_IsRefusedBeforeAnybodyIsAsked()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/audio/speech", """{"model":"anthropic/m","input":"hi"}""");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("/audio/speech", Envelope.Message("chat", await JsonAsync(response)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/openai_passthrough/v1/chat/completions", "/v1/chat/completions", "messages")]
    [InlineData("/openai_passthrough/v1/responses", "/v1/responses", "input")]
    [InlineData("/openai_passthrough/v1/moderations", "/v1/moderations", "input")]
    [InlineData("/anthropic_passthrough/v1/messages", "/v1/messages", "messages")]
    [InlineData("/genai_passthrough/v1beta/models/gem:generateContent", "/v1beta/models/gem:generateContent", "contents")]
    public async Task Passthrough_TakesTheModelsNameAsItIs(string path, string target, string member)
    {
        Upstream.NextJson(200, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var body = $$"""{"model":"groq/m","{{member}}":[{"role":"user","content":"hi","parts":[]}],"max_tokens":1,"odd":[1.0,2e3]}""";

        (await gateway.PostAsync(path, body)).Dispose();

        Assert.Equal(target, Seen().Target);
        Assert.Equal(body, Seen().Text);
    }

    [Theory]
    [InlineData("/openai_passthrough/v1/files", 403)]
    [InlineData("/openai_passthrough/v1/responses/resp_1/cancel", 403)]
    [InlineData("/anthropic_passthrough/v1/messages/batches", 403)]
    [InlineData("/genai_passthrough/v1beta/files", 403)]
    public async Task Passthrough_OfWhatTheKeyOwns_IsRefused(string path, int status)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        Assert.Equal(status, (int)(await gateway.PostAsync(path, """{"model":"m"}""")).StatusCode);
        Assert.Equal(status, (int)(await gateway.Client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        Assert.Empty(Upstream.Requests);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "chatonly/m", """{"model":"m","messages":[{"role":"user","content":"hi"}],"a":{"x":1,"y":{"z":3},"w":4},"b":[2]}""")]
    [InlineData("/v1/chat/completions", "anthropic/m", "\"a\":{\"y\":{\"z\":3},\"w\":4},\"b\":[2]")]
    public async Task ExtraParams_GoIntoTheProvidersBody(string path, string model, string expected)
    {
        Upstream.NextJson(500, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var body = $$$"""{"model":"{{{model}}}","messages":[{"role":"user","content":"hi"}],"a":{"x":1,"y":2},"extra_params":{"a":{"y":{"z":3},"w":4},"b":[2]}}""";

        var response = await gateway.PostAsync(path, body, ("x-bf-passthrough-extra-params", "true"), ("x-bf-strict", model == "chatonly/m" ? "true" : "false"));

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Contains(expected, Seen().Text, StringComparison.Ordinal);
        Assert.DoesNotContain("extra_params", Seen().Text, StringComparison.Ordinal);
        Assert.DoesNotContain("extra_params", string.Join(' ', response.Headers.TryGetValues("x-bf-losses", out var losses) ? losses : []), StringComparison.Ordinal);
    }

    /// <summary>What is carried by other means is no loss, not even to a strict caller.</summary>
    [Fact]
    public async Task ExtraParams_AreNoLoss()
    {
        Upstream.NextJson(500, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(
            "/v1/responses", """{"model":"anthropic/m","input":"hi","extra_params":{"top_k":7}}""", ("x-bf-passthrough-extra-params", "true"), ("x-bf-strict", "true"));

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Contains("\"top_k\":7", Seen().Text, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("x-bf-losses"));
    }

    [Fact]
    public async Task ConverseStream_SaysWhatItsFramesHold()
    {
        var scene = Scene.Of("converse");
        Upstream.NextBytes(scene.ContentType, scene.Stream);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        using var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal("application/json", Assert.Single(response.Headers.GetValues("x-amzn-bedrock-content-type")));
    }
}
