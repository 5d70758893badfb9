using System.Text;

namespace BifrostLite.Tests.Functional;

/// <summary>An answer of the caller's own dialect reaches it byte for byte, whatever the upstream's spelling and chunks.</summary>
public class VerbatimStreamTests : FunctionalTest
{
    public static TheoryData<string, int[]> Cases
    {
        get
        {
            var cases = new TheoryData<string, int[]>();
            foreach (var dialect in new[] { "chat", "responses", "messages", "converse", "invoke", "genai" })
            {
                foreach (var cuts in new[] { new[] { int.MaxValue }, [1], [7, 3, 1], [64, 1] })
                {
                    cases.Add(dialect, cuts);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Stream_SameDialect_IsByteForByte(string dialect, int[] cuts)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextBytes(scene.ContentType, Cut(scene.Stream, cuts));
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(scene.ContentType, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["no"], response.Headers.GetValues("X-Accel-Buffering"));
        Assert.Equal(Encoding.Latin1.GetString(scene.Stream), Encoding.Latin1.GetString(await BytesAsync(response)));
    }

    [Theory]
    [InlineData("responses", "event: response.rate_limits.updated\ndata: {\"type\":\"response.rate_limits.updated\",\"sequence_number\":9}\n\n", false)]
    [InlineData("responses", "event: response.rate_limits.updated\ndata: {\"type\":\"response.rate_limits.updated\",\"sequence_number\":9}\n\n", true)]
    [InlineData("responses", "data: [DONE]\n\n", true)]
    [InlineData("messages", "event: data\ndata: [DONE]\n\n", false)]
    public async Task Stream_EventsBehindTheEnd_ReachTheCaller(string dialect, string tail, bool isLater)
    {
        var scene = Scene.Of(dialect);
        var bytes = Encoding.UTF8.GetBytes(tail);
        Upstream.NextBytes(scene.ContentType, isLater ? [scene.Stream, bytes] : [[.. scene.Stream, .. bytes]]);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(Encoding.Latin1.GetString(scene.Stream) + tail, Encoding.Latin1.GetString(await BytesAsync(response)));
    }

    [Theory]
    [InlineData("chat", """{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"h\u00e9\ud83d"},"finish_reason":"stop"}],"n":1.0,"big":12345678901234567890}""")]
    [InlineData("responses", """{ "id":"r1","object":"response","status":"completed","output":[],"x":[ 1.50 ] }""")]
    [InlineData("messages", "{\"id\":\"m1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\",\n\t\"content\":[],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1},\"new\":{}}")]
    [InlineData("converse", """{"metrics":{"latencyMs":1},"output":{"message":{"content":[{"text":"a"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"x":1e2}""")]
    [InlineData("invoke", """{"id":"m1","type":"message","role":"assistant","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""")]
    [InlineData("genai", "{\n  \"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a\"}]}, \"finishReason\": \"STOP\", \"new\": 1.0}]\n}\n")]
    public async Task WholeAnswer_SameDialect_IsByteForByte(string dialect, string answer)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextJson(200, answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(answer, await TextAsync(response));
    }
}
