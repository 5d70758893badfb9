using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Functional;

/// <summary>One dialect's door with a small request for it, and a stream of that dialect as an upstream would send it.</summary>
/// <param name="Dialect">chat, responses, messages, converse, invoke, genai or cursor.</param>
/// <param name="Path">Where whole answers are asked for.</param>
/// <param name="StreamPath">Where streams are asked for.</param>
/// <param name="Body">The request without a stream member.</param>
internal sealed record Scene(string Dialect, string Path, string StreamPath, string Body)
{
    public const string EventStream = "application/vnd.amazon.eventstream";

    private static readonly string[] Chat =
    [
        ": keep-alive\n\n",
        "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}],\"x_vendor\":{\"a\":[1.0,2e3]}}\r\n\r\n",
        "data:{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Gr\\u00fc\u00dfe \ud83d\ude00\"}}],\"obfuscation\":\"xyz\"}\n\n",
        "event: vendor.ping\ndata: {\"free\":\"form\"}\n\n",
        "id: 7\nretry: 10\ndata: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: [DONE]\n\n",
    ];

    private static readonly string[] Responses =
    [
        "event: response.created\r\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r1\",\"object\":\"response\",\"status\":\"in_progress\",\"output\":[]}}\r\n\r\n",
        "event: response.vendor_thing\ndata: {\"type\":\"response.vendor_thing\",\"sequence_number\":1,\"n\":12345678901234567890}\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,\"response\":{\"id\":\"r1\",\"object\":\"response\",\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3}}}\n\n",
    ];

    private static readonly string[] Messages =
    [
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n",
        "event: ping\ndata: {\"type\": \"ping\"}\n\n",
        "event: content_block_start\r\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"},\"new_member\":null}\r\n\r\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\ndata: \"delta\":{\"type\":\"text_delta\",\"text\":\"\u65e5\u672c\"}}\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":5}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    ];

    private static readonly string[] GenerateContent =
    [
        "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Gr\\u00fc\u00dfe\"}],\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 3},\"modelVersion\": \"m\"}\r\n\r\n",
        "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"!\"}]},\"index\": 0,\"vendorScore\": 1.0}]}\n\n",
        "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"\"}]},\"finishReason\": \"STOP\",\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 3,\"candidatesTokenCount\": 2,\"totalTokenCount\": 5}}\r\n\r\n",
    ];

    public string StreamBody => Dialect is "converse" or "invoke" or "genai" ? Body : Body[..^1] + ",\"stream\":true}";

    public string ContentType => Dialect is "converse" or "invoke" ? EventStream : "text/event-stream";

    /// <summary>A whole, odd but legal stream, one element a frame.</summary>
    public byte[][] Frames => Dialect switch
    {
        "chat" => [.. Chat.Select(Encoding.UTF8.GetBytes)],
        "responses" => [.. Responses.Select(Encoding.UTF8.GetBytes)],
        "messages" => [.. Messages.Select(Encoding.UTF8.GetBytes)],
        "genai" => [.. GenerateContent.Select(Encoding.UTF8.GetBytes)],
        "converse" => ConverseFrames(),
        "invoke" => InvokeFrames(),
        _ => throw new InvalidOperationException($"No upstream speaks {Dialect}."),
    };

    public byte[] Stream => [.. Frames.SelectMany(frame => frame)];

    /// <summary>The door of a dialect, asking for the model "m" of a provider: by default of one that speaks the dialect.</summary>
    public static Scene Of(string dialect, string provider = "")
    {
        var model = (provider.Length > 0 ? provider : ProviderOf(dialect)) + "/m";
        var bedrock = $"/bedrock/model/{Uri.EscapeDataString(model)}";
        return dialect switch
        {
            "chat" => At(dialect, "/openai/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}"""),
            "cursor" => At(dialect, "/cursor/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}"""),
            "responses" => At(dialect, "/openai/v1/responses", $$"""{"model":"{{model}}","input":"hi"}"""),
            "messages" => At(dialect, "/anthropic/v1/messages", $$"""{"model":"{{model}}","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"""),
            "genai" => new Scene(
                dialect,
                $"/v1beta/models/{Uri.EscapeDataString(model)}:generateContent",
                $"/v1beta/models/{Uri.EscapeDataString(model)}:streamGenerateContent?alt=sse",
                """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"""),
            "converse" => new Scene(dialect, bedrock + "/converse", bedrock + "/converse-stream", """{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"""),
            "invoke" => new Scene(
                dialect,
                bedrock + "/invoke",
                bedrock + "/invoke-with-response-stream",
                """{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"""),
            _ => throw new InvalidOperationException($"There is no door {dialect}."),
        };
    }

    private static string ProviderOf(string dialect) => dialect switch
    {
        "messages" => "anthropic",
        "converse" or "invoke" => "bedrock",
        "cursor" => "chatonly",
        "genai" => "gemini",
        _ => "openai",
    };

    private static Scene At(string dialect, string path, string body) => new(dialect, path, path, body);

    private static byte[][] ConverseFrames() =>
    [
        Event("messageStart", """{"p":"abc","role":"assistant"}"""),
        Event("vendorEvent", """{"n":1.0}"""),
        Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"h\u00e9llo"},"p":"abcdefgh"}"""),
        Event("contentBlockStop", """{"contentBlockIndex":0}"""),
        Event("messageStop", """{"stopReason":"end_turn"}"""),
        Event("metadata", """{"metrics":{"latencyMs":7},"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}"""),
    ];

    private static byte[][] InvokeFrames() =>
    [
        .. from frame in Messages
           let data = string.Concat(frame.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..].Trim()))
           select Event("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(data))}}","p":"abc"}"""),
    ];

    internal static byte[] Event(string type, string payload)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamWriter.WriteEvent(output, Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(payload));
        return output.WrittenSpan.ToArray();
    }

    internal static byte[] Exception(string type, string payload)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamWriter.WriteException(output, Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(payload));
        return output.WrittenSpan.ToArray();
    }
}
