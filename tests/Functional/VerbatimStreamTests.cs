using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Functional;

/// <summary>A stream of the caller's own dialect reaches it byte for byte, whatever the upstream's spelling and chunks.</summary>
public class VerbatimStreamTests : FunctionalTest
{
    private const string ChatStream =
        ": keep-alive\n\n"
        + "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}],\"x_vendor\":{\"a\":[1.0,2e3]}}\r\n\r\n"
        + "data:{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Gr\\u00fc\u00dfe \ud83d\ude00\"}}],\"obfuscation\":\"xyz\"}\n\n"
        + "event: vendor.ping\ndata: {\"free\":\"form\"}\n\n"
        + "id: 7\nretry: 10\ndata: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: [DONE]\n\n";

    private const string ResponsesStream =
        "event: response.created\r\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r1\",\"object\":\"response\",\"status\":\"in_progress\",\"output\":[]}}\r\n\r\n"
        + "event: response.vendor_thing\ndata: {\"type\":\"response.vendor_thing\",\"sequence_number\":1,\"n\":12345678901234567890}\n\n"
        + "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,\"response\":{\"id\":\"r1\",\"object\":\"response\",\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3}}}\n\n";

    private const string MessagesStream =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n"
        + "event: ping\ndata: {\"type\": \"ping\"}\n\n"
        + "event: content_block_start\r\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"},\"new_member\":null}\r\n\r\n"
        + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\ndata: \"delta\":{\"type\":\"text_delta\",\"text\":\"\u65e5\u672c\"}}\n\n"
        + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":5}}\n\n"
        + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    public static TheoryData<string, int[]> Cases
    {
        get
        {
            var cases = new TheoryData<string, int[]>();
            foreach (var dialect in new[] { "chat", "responses", "messages", "converse", "invoke" })
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
        var (path, body, contentType, stream) = Scene(dialect);
        Upstream.NextBytes(contentType, Cut(stream, cuts));
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(path, body);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(Encoding.Latin1.GetString(stream), Encoding.Latin1.GetString(await BytesAsync(response)));
    }

    [Theory]
    [InlineData("chat", """{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"h\u00e9\ud83d"},"finish_reason":"stop"}],"n":1.0,"big":12345678901234567890}""")]
    [InlineData("responses", """{ "id":"r1","object":"response","status":"completed","output":[],"x":[ 1.50 ] }""")]
    [InlineData("messages", "{\"id\":\"m1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\",\n\t\"content\":[],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1},\"new\":{}}")]
    [InlineData("converse", """{"metrics":{"latencyMs":1},"output":{"message":{"content":[{"text":"a"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"x":1e2}""")]
    [InlineData("invoke", """{"id":"m1","type":"message","role":"assistant","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""")]
    public async Task WholeAnswer_SameDialect_IsByteForByte(string dialect, string answer)
    {
        var (path, body, _, _) = Scene(dialect);
        Upstream.NextJson(200, answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(path.Replace("-stream", "").Replace("-with-response", ""), body.Replace(",\"stream\":true", ""));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(answer, await TextAsync(response));
    }

    private static (string Path, string Body, string ContentType, byte[] Stream) Scene(string dialect) => dialect switch
    {
        "chat" => ("/v1/chat/completions", """{"model":"openai/gpt","stream":true,"messages":[{"role":"user","content":"hi"}]}""", "text/event-stream", Encoding.UTF8.GetBytes(ChatStream)),
        "responses" => ("/v1/responses", """{"model":"openai/gpt","stream":true,"input":"hi"}""", "text/event-stream", Encoding.UTF8.GetBytes(ResponsesStream)),
        "messages" => ("/anthropic/v1/messages", """{"model":"anthropic/claude","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]}""", "text/event-stream", Encoding.UTF8.GetBytes(MessagesStream)),
        "converse" => ("/bedrock/model/bedrock%2Fclaude/converse-stream", """{"messages":[{"role":"user","content":[{"text":"hi"}]}]}""", "application/vnd.amazon.eventstream", ConverseStream()),
        _ => ("/bedrock/model/bedrock%2Fclaude/invoke-with-response-stream", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}""", "application/vnd.amazon.eventstream", InvokeStream()),
    };

    private static byte[] ConverseStream()
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamWriter.WriteEvent(output, "messageStart"u8, """{"p":"abc","role":"assistant"}"""u8);
        EventStreamWriter.WriteEvent(output, "vendorEvent"u8, """{"n":1.0}"""u8);
        EventStreamWriter.WriteEvent(output, "contentBlockDelta"u8, """{"contentBlockIndex":0,"delta":{"text":"h\u00e9llo"},"p":"abcdefgh"}"""u8);
        EventStreamWriter.WriteEvent(output, "contentBlockStop"u8, """{"contentBlockIndex":0}"""u8);
        EventStreamWriter.WriteEvent(output, "messageStop"u8, """{"stopReason":"end_turn"}"""u8);
        EventStreamWriter.WriteEvent(output, "metadata"u8, """{"metrics":{"latencyMs":7},"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}"""u8);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] InvokeStream()
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var line in MessagesStream.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal) && line.TrimEnd().EndsWith('}')))
        {
            var chunk = Convert.ToBase64String(Encoding.UTF8.GetBytes(line.Trim()["data: ".Length..]));
            EventStreamWriter.WriteEvent(output, "chunk"u8, Encoding.UTF8.GetBytes($$"""{"bytes":"{{chunk}}","p":"abc"}"""));
        }

        return output.WrittenSpan.ToArray();
    }
}
