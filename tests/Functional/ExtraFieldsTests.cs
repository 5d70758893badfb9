using System.Text.Json;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional;

/// <summary>What the unified routes tell beside the provider's answer: extra_fields and usage.cost, whole and in streams.</summary>
public sealed class ExtraFieldsTests : FunctionalTest
{
    private const string ChatBody = """{"model":"openai/gpt-4o","messages":[{"role":"user","content":"hi"}]}""";

    private const string ChatStreamBody =
        """{"model":"openai/gpt-4o","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""";

    private const string ChatAnswer =
        """{"id":"c","object":"chat.completion","model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"{\"usage\":{}}"},"finish_reason":"stop"}], "usage" : {"prompt_tokens":1000,"completion_tokens":100,"prompt_tokens_details":{"cached_tokens":400}} }""";

    private const string ClaudeAnswer =
        """{"id":"m","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","usage":{"input_tokens":100,"cache_creation_input_tokens":10,"cache_read_input_tokens":20,"output_tokens":30}}""";

    private const string ResponsesAnswer =
        """{"id":"r","object":"response","status":"completed","model":"gpt-5.4","output":[{"type":"message","id":"m","role":"assistant","status":"completed","content":[{"type":"output_text","text":"hi","annotations":[]}]}],"usage":{"input_tokens":10,"output_tokens":20,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":30}}""";

    [Fact]
    public async Task VerbatimChat_Whole_IsTheAnswerWithCostAndExtraFields()
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var text = await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatBody));

        using var json = JsonDocument.Parse(text);
        var cost = json.RootElement.GetProperty("usage").GetProperty("cost");
        Assert.Equal(0.002m, cost.GetProperty("input_tokens_cost").GetDecimal()); // 600 x 2.50 + 400 x 1.25
        Assert.Equal(0.001m, cost.GetProperty("output_tokens_cost").GetDecimal());
        Assert.Equal(0.003m, cost.GetProperty("total_cost").GetDecimal());
        Assert.False(cost.TryGetProperty("request_cost", out _));
        var extra = json.RootElement.GetProperty("extra_fields");
        Assert.Equal("chat_completion", extra.GetProperty("request_type").GetString());
        Assert.Equal("openai", extra.GetProperty("provider").GetString());
        Assert.Equal("openai/gpt-4o", extra.GetProperty("model_requested").GetString());
        Assert.Equal("gpt-4o", extra.GetProperty("model_deployment").GetString());
        Assert.Equal(0, extra.GetProperty("chunk_index").GetInt32());
        Assert.True(extra.GetProperty("latency").GetInt64() >= 0);
        Assert.False(extra.TryGetProperty("raw_response", out _));
        Assert.StartsWith(ChatAnswer[..^4], text); // everything before the usage's bracket is the provider's, byte for byte
    }

    [Theory]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/openai/chat/completions")]
    public async Task VerbatimChat_UnderAnothersName_IsTheProvidersAnswer(string path)
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        Assert.Equal(ChatAnswer, await TextAsync(await gateway.PostAsync(path, ChatBody)));
    }

    [Fact]
    public async Task VerbatimChat_Stream_EveryChunkTellsAndTheUsageChunkCosts()
    {
        Upstream.NextStream(
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\ndata: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"}}],\"usage\":null}\r\n\r\n",
            ": comment\n\ndata: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n",
            "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":100}}\n\ndata: [DONE]\n\n");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var text = await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatStreamBody));

        Assert.Contains(": comment\n\n", text);
        Assert.EndsWith("data: [DONE]\n\n", text);
        var chunks = Chunks(text);
        Assert.Equal([0, 1, 2, 3], chunks.Select(chunk => chunk.GetProperty("extra_fields").GetProperty("chunk_index").GetInt32()));
        Assert.All(chunks, chunk => Assert.Equal("chat_completion_stream", chunk.GetProperty("extra_fields").GetProperty("request_type").GetString()));
        Assert.Equal(0.0035m, chunks[^1].GetProperty("usage").GetProperty("cost").GetProperty("total_cost").GetDecimal());
    }

    [Fact]
    public async Task VerbatimResponses_LongFrames_AllArrive()
    {
        var frames = Enumerable.Range(0, 60).Select(i => $"event: e\ndata: {{\"type\":\"response.vendor\",\"n\":{i},\"filler\":\"{new string('x', 37 * i)}\"}}\n\n").ToArray();
        Upstream.NextStream([.. frames, $"event: response.completed\ndata: {{\"type\":\"response.completed\",\"response\":{ResponsesAnswer}}}\n\n"]);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var stream = Chunks(await TextAsync(await gateway.PostAsync("/v1/responses", """{"model":"openai/gpt-5.4","input":"hi","stream":true}""")));

        Assert.Equal(Enumerable.Range(0, 61), stream.Select(e => e.GetProperty("extra_fields").GetProperty("chunk_index").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 60), stream.SkipLast(1).Select(e => e.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task TranslatedChat_WholeAndStream_TellTheSame()
    {
        Upstream.NextJson(200, ClaudeAnswer);
        Upstream.NextJson(200, ClaudeAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var whole = JsonDocument.Parse(await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatBody.Replace("openai/gpt-4o", "anthropic/claude-sonnet-5"))));
        var stream = Chunks(await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatStreamBody.Replace("openai/gpt-4o", "anthropic/claude-sonnet-5"))));

        // 100 x 2 + 10 x 2.50 + 20 x 0.20 + 30 x 10
        Assert.Equal(0.000529m, whole.RootElement.GetProperty("usage").GetProperty("cost").GetProperty("total_cost").GetDecimal());
        Assert.Equal("anthropic", whole.RootElement.GetProperty("extra_fields").GetProperty("provider").GetString());
        Assert.All(stream, chunk => Assert.Equal("anthropic", chunk.GetProperty("extra_fields").GetProperty("provider").GetString()));
        Assert.Equal(0.000529m, stream[^1].GetProperty("usage").GetProperty("cost").GetProperty("total_cost").GetDecimal());
    }

    [Fact]
    public async Task Responses_WholeAndStream_CostInTheUsage()
    {
        Upstream.NextJson(200, ResponsesAnswer);
        Upstream.NextStream(
            "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r\",\"status\":\"in_progress\",\"output\":[],\"usage\":null}}\n\n",
            $"event: response.completed\ndata: {{\"type\":\"response.completed\",\"sequence_number\":1,\"response\":{ResponsesAnswer}}}\n\n");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var whole = JsonDocument.Parse(await TextAsync(await gateway.PostAsync("/v1/responses", """{"model":"openai/gpt-5.4","input":"hi"}""")));
        var stream = Chunks(await TextAsync(await gateway.PostAsync("/v1/responses", """{"model":"openai/gpt-5.4","input":"hi","stream":true}""")));

        var cost = whole.RootElement.GetProperty("usage").GetProperty("cost");
        Assert.Equal(0.000025m, cost.GetProperty("input_tokens_cost").GetDecimal());
        Assert.Equal(0.000225m, cost.GetProperty("output_tokens_cost").GetDecimal());
        Assert.Equal(0.000075m, cost.GetProperty("reasoning_tokens_cost").GetDecimal());
        Assert.Equal("responses", whole.RootElement.GetProperty("extra_fields").GetProperty("request_type").GetString());
        Assert.Equal(0.000325m, stream[1].GetProperty("response").GetProperty("usage").GetProperty("cost").GetProperty("total_cost").GetDecimal());
        Assert.Equal([0, 1], stream.Select(e => e.GetProperty("extra_fields").GetProperty("chunk_index").GetInt32()));
    }

    [Fact]
    public async Task Cursor_Whole_TellsToo()
    {
        Upstream.NextJson(200, ClaudeAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var answer = JsonDocument.Parse(await TextAsync(await gateway.PostAsync("/cursor/v1/chat/completions", """{"model":"anthropic/claude-sonnet-5","input":"hi"}""")));

        Assert.Equal("responses", answer.RootElement.GetProperty("extra_fields").GetProperty("request_type").GetString());
        Assert.Equal(0.000529m, answer.RootElement.GetProperty("usage").GetProperty("cost").GetProperty("total_cost").GetDecimal());
    }

    [Fact]
    public async Task UnknownModel_HasNoCost()
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var answer = JsonDocument.Parse(await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatBody.Replace("gpt-4o", "m"))));

        Assert.False(answer.RootElement.GetProperty("usage").TryGetProperty("cost", out _));
    }

    [Fact]
    public async Task ReportedCost_StaysTheProviders()
    {
        Upstream.NextJson(200, ChatAnswer.Replace("\"prompt_tokens\"", "\"cost\":0.5,\"prompt_tokens\""));
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var answer = JsonDocument.Parse(await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatBody)));

        Assert.Equal(0.5m, answer.RootElement.GetProperty("usage").GetProperty("cost").GetDecimal());
    }

    [Fact]
    public async Task Cost_OfADeploymentWhoseAliasNamesTheModel_IsThatModels()
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with
        {
            Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
            {
                Keys = [.. p.Value.Keys.Select(key => key with { Aliases = new Dictionary<string, string> { ["mine"] = "dep-7" }, ModelNames = new Dictionary<string, string> { ["mine"] = "gpt-4o" } })],
            }),
        });

        var answer = JsonDocument.Parse(await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatBody.Replace("openai/gpt-4o", "openai/mine"))));

        Assert.True(answer.RootElement.GetProperty("usage").GetProperty("cost").GetProperty("total_cost").GetDecimal() > 0);
    }

    [Fact]
    public async Task RawBodies_WhereAskedFor_AreThereWithSecretsBlanked()
    {
        Upstream.NextJson(200, ResponsesAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var answer = JsonDocument.Parse(await TextAsync(await gateway.PostAsync(
            "/openai/v1/responses",
            """{"model":"openai/gpt-5.4","input":"hi","tools":[{"type":"mcp","server_label":"s","server_url":"https://s.example","authorization":"tok-1","headers":{"X-Any":"tok-2"}}]}""",
            ("x-bf-send-back-raw-request", "true"),
            ("x-bf-send-back-raw-response", "true"))));

        var extra = answer.RootElement.GetProperty("extra_fields");
        Assert.Equal("r", extra.GetProperty("raw_response").GetProperty("id").GetString());
        var tool = extra.GetProperty("raw_request").GetProperty("tools")[0];
        Assert.Equal("***", tool.GetProperty("authorization").GetString());
        Assert.Equal("***", tool.GetProperty("headers").GetProperty("X-Any").GetString());
        Assert.Equal("https://s.example", tool.GetProperty("server_url").GetString());
    }

    [Fact]
    public async Task RawBodies_WhereCallersMayNotAsk_AreNotThere()
    {
        Upstream.NextJson(200, ResponsesAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream, ForbiddingRaw);

        var answer = await TextAsync(await gateway.PostAsync(
            "/openai/v1/responses",
            """{"model":"openai/gpt-5.4","input":"hi"}""",
            ("x-bf-send-back-raw-request", "true"),
            ("x-bf-send-back-raw-response", "true")));

        Assert.Equal(ResponsesAnswer, answer);
    }

    [Fact]
    public async Task RawResponse_ByConfigurationInATranslatedStream_IsTheProvidersFrames()
    {
        Upstream.NextJson(200, ClaudeAnswer);
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with
        {
            Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with { SendBackRawResponse = true }),
        });

        var stream = Chunks(await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatStreamBody.Replace("openai/gpt-4o", "anthropic/claude-sonnet-5"))));

        Assert.Equal("m", stream[0].GetProperty("extra_fields").GetProperty("raw_response").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("""{"error":{"message":"no such model","type":"invalid_request_error","param":null,"code":"model_not_found"}}""")]
    [InlineData("<html>")]
    public async Task Error_OnAUnifiedRoute_TellsWhatWasAsked(string body)
    {
        Upstream.NextJson(404, body);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var answer = JsonDocument.Parse(await TextAsync(await gateway.PostAsync("/v1/chat/completions", ChatBody)));

        var extra = answer.RootElement.GetProperty("extra_fields");
        Assert.Equal("openai", extra.GetProperty("provider").GetString());
        Assert.Equal("openai/gpt-4o", extra.GetProperty("model_requested").GetString());
        Assert.Equal("chat_completion", extra.GetProperty("request_type").GetString());
    }

    [Fact]
    public async Task CutStream_IsBilledWithWhatHadCome()
    {
        Upstream.NextBytes("text/event-stream", Scene.Of("messages").Frames[..4]);
        await using var gateway = await RunningGateway.StartAsync(
            Upstream, config => config with { PriceOverrides = [Price("m")] }, level: Microsoft.Extensions.Logging.LogLevel.Information);

        await TextAsync(await gateway.PostAsync("/v1/messages", """{"model":"anthropic/m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]}"""));
        await gateway.LoggedAsync("estimated=True", 1);

        // message_start told 3 tokens of input; six bytes of text had come, two tokens.
        Assert.Contains(gateway.Logs, line => line.Contains("in=3 out=2 cost=7", StringComparison.Ordinal));
    }

    private static GatewayConfig ForbiddingRaw(GatewayConfig config) => config with { Client = config.Client with { AllowRawOverride = false } };

    private static PriceOverrideConfig Price(string model) => new()
    {
        ScopeKind = "global",
        Pattern = model,
        RequestTypes = ["chat_completion"],
        Prices = [new("input_cost_per_token", 1), new("output_cost_per_token", 2)],
    };

    private static JsonElement[] Chunks(string stream) =>
    [
        .. stream.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement),
    ];

    /// <summary>Kestrel gives a writer less than it asks for when a chunk of its response is nearly full.</summary>
    [Theory]
    [InlineData("/v1/chat/completions", "openai/gpt-4o")]
    [InlineData("/v1/chat/completions", "chatonly/m")]
    [InlineData("/openai/v1/chat/completions", "anthropic/claude-sonnet-4-5")]
    [InlineData("/v1/chat/completions", "anthropic/claude-sonnet-4-5")]
    [InlineData("/v1/responses", "anthropic/claude-sonnet-4-5")]
    public async Task Stream_LongFramesInOneRead_AllArrive(string path, string model)
    {
        var isClaude = model.StartsWith("anthropic", StringComparison.Ordinal);
        var texts = Enumerable.Range(0, 60).Select(number => new string((char)('a' + (number % 26)), 700 + (number * 61))).ToArray();
        var frames = string.Concat(texts.Select(text => isClaude
            ? "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text + "\"}}\n\n"
            : "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n"));
        Upstream.NextStream(isClaude
            ? "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"x\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
                + frames + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":5}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
            : frames + "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var stream = await TextAsync(await gateway.PostAsync(
            path, "{\"model\":\"" + model + "\",\"stream\":true," + (path.EndsWith("responses", StringComparison.Ordinal) ? "\"input\":\"hi\"}" : "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}")));

        Assert.All(texts, text => Assert.Contains("\"" + text + "\"", stream, StringComparison.Ordinal));
        Assert.Contains(path.EndsWith("responses", StringComparison.Ordinal) ? "event: response.completed" : "data: [DONE]", stream, StringComparison.Ordinal);
    }
}
