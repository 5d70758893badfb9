using System.Text.Json;

namespace BifrostLite.Tests.Functional.Conversations;

/// <summary>
/// The public cases of Open Responses (github.com/openresponses/openresponses, src/lib/compliance-tests.ts), rebuilt: each request over
/// the demo provider and over scripted upstreams of every other API, its answer held to what the specification's schema demands.
/// </summary>
public class OpenResponsesTests : StatefulTest
{
    private const string Weather = """
        {"type":"function","name":"get_weather","description":"Get the current weather for a location","parameters":{"type":"object",
        "properties":{"location":{"type":"string"}},"required":["location"]}}
        """;

    /// <summary>"required" of schema/components/schemas/ResponseResource.json.</summary>
    private static readonly string[] Required =
    [
        "id", "object", "created_at", "completed_at", "status", "incomplete_details", "model", "previous_response_id", "instructions", "output", "error",
        "tools", "tool_choice", "truncation", "parallel_tool_calls", "text", "top_p", "presence_penalty", "frequency_penalty", "top_logprobs",
        "temperature", "reasoning", "user", "usage", "max_output_tokens", "max_tool_calls", "store", "background", "service_tier", "metadata",
        "safety_identifier", "prompt_cache_key",
    ];

    private static readonly Dictionary<string, string> Inputs = new()
    {
        ["basic-response"] = """[{"type":"message","role":"user","content":"Say hello in exactly 3 words."}]""",
        ["system-prompt"] = """[{"type":"message","role":"system","content":"You are a pirate."},{"type":"message","role":"user","content":"Say hello."}]""",
        ["image-input"] = """
            [{"type":"message","role":"user","content":[{"type":"input_text","text":"What do you see?"},
            {"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]}]
            """,
        ["multi-turn"] = """
            [{"type":"message","role":"user","content":"My name is Alice."},{"type":"message","role":"assistant","content":"Hello Alice!"},
            {"type":"message","role":"user","content":"What is my name?"}]
            """,
    };

    public static TheoryData<string, string> Texts
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var provider in new[] { "demo", "anthropic", "bedrock", "chatonly" })
            {
                foreach (var name in Inputs.Keys)
                {
                    cases.Add(provider, name);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Text_Whole_IsACompletedResponse(string provider, string name)
    {
        Script(provider, isTool: false);

        var response = await AskAsync($$"""{"model":"{{Model(provider)}}","input":{{Inputs[name]}}}""");

        Check(response);
        Assert.Equal("completed", Text(response, "status"));
        Assert.Contains(response.GetProperty("output").EnumerateArray(), static item => Text(item, "type") == "message");
        Check(await GetAsync("/v1/responses/" + Text(response, "id")));
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("anthropic")]
    [InlineData("bedrock")]
    [InlineData("chatonly")]
    public async Task Text_Streamed_EndsWithACompletedResponse(string provider)
    {
        Script(provider, isTool: false, isStream: true);

        var events = await StreamAsync($$"""{"model":"{{Model(provider)}}","input":"Count from 1 to 5.","stream":true}""");

        Assert.Equal(Enumerable.Range(0, events.Count).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)), events.Select(e => Text(e, "sequence_number")));
        Assert.Equal("response.created", Text(events[0], "type"));
        Assert.Equal("response.completed", Text(events[^1], "type"));
        Check(events[^1].GetProperty("response"));
        Check(await GetAsync("/v1/responses/" + Text(events[^1], "response", "id")));
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("bedrock")]
    [InlineData("chatonly")]
    public async Task Tool_Called_IsAFunctionCall(string provider)
    {
        Script(provider, isTool: true);

        var response = await AskAsync($$"""{"model":"{{Model(provider)}}","input":"What's the weather like in San Francisco?","tools":[{{Weather}}]}""");

        Check(response);
        var call = Assert.Single(response.GetProperty("output").EnumerateArray(), static item => Text(item, "type") == "function_call");
        Assert.Equal("get_weather", Text(call, "name"));
        Assert.Equal("Paris", Text(JsonDocument.Parse(Text(call, "arguments")).RootElement, "location"));
    }

    [Fact]
    public async Task Tool_Streamed_HasItsEvents()
    {
        Upstream.NextStream(
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"get_weather\",\"input\":{}}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"location\\\":\\\"Paris\\\"}\"}}\n\n",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":5}}\n\n",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");

        var events = await StreamAsync($$"""{"model":"anthropic/m","input":"What's the weather?","tools":[{{Weather}}],"stream":true}""");

        var types = events.Select(e => Text(e, "type")).ToList();
        Assert.Contains("response.function_call_arguments.delta", types);
        Assert.Contains("response.function_call_arguments.done", types);
        Assert.Contains(events, e => Text(e, "type") == "response.output_item.added" && Text(e, "item", "type") == "function_call");
        Assert.Contains(events, e => Text(e, "type") == "response.output_item.done" && Text(e, "item", "type") == "function_call");
    }

    private static string Model(string provider) => provider == "demo" ? "demo/echo" : provider + "/m";

    private static void Check(JsonElement response)
    {
        Assert.All(Required, name => Assert.True(response.TryGetProperty(name, out _), $"{name} is missing: {response}"));
        Assert.Equal("response", Text(response, "object"));
        Assert.All(["tools", "output"], name => Assert.Equal(JsonValueKind.Array, response.GetProperty(name).ValueKind));
        Assert.All(response.GetProperty("output").EnumerateArray(), static item => Assert.NotEmpty(Text(item, "id")));
        Assert.Equal(
            response.GetProperty("usage").GetProperty("total_tokens").GetInt64(),
            response.GetProperty("usage").GetProperty("input_tokens").GetInt64() + response.GetProperty("usage").GetProperty("output_tokens").GetInt64());
    }

    private void Script(string provider, bool isTool, bool isStream = false)
    {
        if (isStream && provider != "demo")
        {
            var scene = Scene.Of(provider switch { "anthropic" => "messages", "bedrock" => "converse", _ => "chat" });
            Upstream.NextBytes(scene.ContentType, scene.Frames);
            return;
        }

        const string Arguments = """{"location":"Paris"}""";
        Upstream.NextJson(200, (provider, isTool) switch
        {
            ("anthropic", false) => """{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""",
            ("anthropic", true) => $$$"""{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{{{Arguments}}}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}""",
            ("bedrock", false) => """{"output":{"message":{"role":"assistant","content":[{"text":"x"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""",
            ("bedrock", true) => $$$"""{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"get_weather","input":{{{Arguments}}}} }]}},"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""",
            (_, false) => """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""",
            (_, true) => $$$"""{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":{{{JsonSerializer.Serialize(Arguments)}}}}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""",
        });
    }

    private async Task<List<JsonElement>> StreamAsync(string body)
    {
        var stream = await TextAsync(await Gateway.PostAsync("/v1/responses", body));
        return [.. stream.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement)];
    }
}
