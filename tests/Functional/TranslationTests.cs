using System.Text;
using System.Text.Json;
using BifrostLite.Configuration;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Functional;

/// <summary>What a translation owes beyond the bodies: headers, paths, forms of streaming, and conversations of several turns.</summary>
public sealed class TranslationTests : FunctionalTest
{
    private const string Question = """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""";

    [Fact]
    public async Task UserTurnThatChatCannotSay_StillStands()
    {
        Upstream.NextJson(200, """{"choices":[{"index":0,"message":{"role":"assistant","content":"?"},"finish_reason":"stop"}]}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(
            "/v1/messages",
            """{"model":"chatonly/m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"https://x.example/a.pdf"}}]}]}""");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("""{"role":"user","content":"(no content)"}""", Seen().Text, StringComparison.Ordinal);
        Assert.Contains("messages[0].content[0]", Assert.Single(response.Headers.GetValues("x-bf-losses")), StringComparison.Ordinal);
    }

    /// <summary>Some servers say "stream" over what is none: an error, or the answer in one piece.</summary>
    [Theory]
    [InlineData("chat", "anthropic", """{"type":"error","error":{"type":"overloaded_error","message":"too much"}}""", "too much", 529)]
    [InlineData("messages", "chatonly", """{"error":{"message":"no such model","type":"invalid_request_error"}}""", "no such model", 400)]
    [InlineData("chat", "", """{"error":{"message":"no such model","type":"invalid_request_error"}}""", "no such model", 400)]
    [InlineData("chat", "gemini", """[{"candidates":[{"content":{"parts":[{"text":"hello"}]},"finishReason":1}]}]""", "hello", 200)]
    [InlineData("messages", "chatonly", """{"choices":[{"index":0,"message":{"content":"hello"},"finish_reason":"stop"}]}""", "hello", 200)]
    [InlineData("chat", "", """{"choices":[{"index":0,"message":{"content":"hello"},"finish_reason":"stop"}]}""", "hello", 200)]
    public async Task JsonUnderTheNameOfAStream_IsReadAsWhatItIs(string dialect, string provider, string body, string said, int status)
    {
        var scene = Scene.Of(dialect, provider);
        Upstream.NextBytes("text/event-stream", Cut(Encoding.UTF8.GetBytes(body), 7));
        await using var gateway = await RunningGateway.StartAsync(Upstream, RunningGateway.Network(network => network with { MaxRetries = 0 }));

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 200 ? "text/event-stream" : "application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(said, await TextAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GeminiStreamWithoutEvents_IsAJsonArray()
    {
        var scene = Scene.Of("genai");
        Upstream.NextBytes("text/event-stream", Cut(scene.Stream, 5, 11));
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.StreamPath.Replace("?alt=sse", "", StringComparison.Ordinal), Question);

        Assert.Equal("application/json; charset=UTF-8", response.Content.Headers.ContentType!.ToString());
        var items = JsonDocument.Parse(await BytesAsync(response)).RootElement;
        Assert.Equal(3, items.GetArrayLength());
        Assert.Equal("STOP", items[2].GetProperty("candidates")[0].GetProperty("finishReason").GetString());
        Assert.Equal("/v1beta/models/m:streamGenerateContent?alt=sse", Seen().Target);
    }

    [Fact]
    public async Task GeminiStreamWithoutEvents_OfAnotherDialect_IsAJsonArray()
    {
        Upstream.NextBytes("text/event-stream", Scene.Of("chat").Frames);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1beta/models/chatonly%2Fm:streamGenerateContent", Question);

        var text = string.Concat(JsonDocument.Parse(await BytesAsync(response)).RootElement.EnumerateArray()
            .SelectMany(item => item.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts").EnumerateArray())
            .Select(part => part.GetProperty("text").GetString()));
        Assert.Equal("Grüße 😀", text);
    }

    [Fact]
    public async Task GeminiStreamWithoutEvents_RefusedUpstream_IsAnErrorObject()
    {
        Upstream.NextJson(429, """{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream, RunningGateway.Network(network => network with { MaxRetries = 0 }));

        var response = await gateway.PostAsync("/v1beta/models/gemini%2Fm:streamGenerateContent", Question);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal(JsonValueKind.Object, (await JsonAsync(response)).ValueKind);
    }

    /// <summary>DeepSeek refuses a tool loop without the reasoning it gave; a caller of another dialect returns it in its own form.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReasoningOfATurnWithCalls_GoesBackToItsIssuer(bool stream)
    {
        const string Call = """
            "tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]
            """;
        Upstream.Next(http =>
        {
            http.Response.ContentType = stream ? "text/event-stream" : "application/json";
            return http.Response.WriteAsync(stream
                ? "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"I must look.\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{" + Call + "},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"
                : "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"reasoning_content\":\"I must look.\"," + Call + "},\"finish_reason\":\"tool_calls\"}]}");
        });
        Upstream.NextJson(200, """{"choices":[{"index":0,"message":{"role":"assistant","content":"done"},"finish_reason":"stop"}]}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream, With("deepseek", new KeyConfig { Name = "k", Value = new Secret("k") }));
        const string First = """{"role":"user","content":[{"text":"hi"}]}""";
        const string Tools = """
            "toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}}}}]}
            """;

        var answer = await gateway.PostAsync($"/bedrock/model/deepseek%2Fdeepseek-v4/converse{(stream ? "-stream" : "")}", $"{{\"messages\":[{First}],{Tools}}}");
        var signature = Signature(Encoding.UTF8.GetString(await BytesAsync(answer)));
        await gateway.PostAsync(
            "/bedrock/model/deepseek%2Fdeepseek-v4/converse",
            """{"messages":[FIRST,{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"I must look.","signature":"SIGNATURE"}}},{"toolUse":{"toolUseId":"c1","name":"f","input":{}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"c1","content":[{"text":"1"}]}}]}],TOOLS}"""
                .Replace("FIRST", First, StringComparison.Ordinal)
                .Replace("SIGNATURE", signature, StringComparison.Ordinal)
                .Replace("TOOLS", Tools, StringComparison.Ordinal));

        var sent = JsonDocument.Parse(Upstream.Requests.Last().Body).RootElement.GetProperty("messages")[1];
        Assert.Equal("I must look.", sent.GetProperty("reasoning_content").GetString());
    }

    [Fact]
    public async Task CountRefusedByTheProvider_IsAnEstimateAndSaysSo()
    {
        Upstream.NextJson(404, """{"type":"error","error":{"type":"not_found_error","message":"no such path"}}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/messages/count_tokens", """{"model":"anthropic/m","messages":[{"role":"user","content":"hi"}]}""");

        Assert.Equal("true", Assert.Single(response.Headers.GetValues("x-bf-estimated")));
        Assert.True((await JsonAsync(response)).GetProperty("input_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task McpServersTowardsMessages_BringTheirBetaHeader()
    {
        Upstream.NextJson(200, """{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        await gateway.PostAsync(
            "/v1/responses",
            """{"model":"anthropic/claude-sonnet-4-5","input":"hi","tools":[{"type":"mcp","server_label":"s","server_url":"https://m.example/sse","require_approval":"never"}]}""");

        Assert.Equal("mcp-client-2025-11-20", Seen().Headers["anthropic-beta"]);
        Assert.Contains("\"mcp_servers\":[", Seen().Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/messages", """{"model":"vertex/claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"vertex/claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}""")]
    public async Task ClaudeOnVertex_HasItsModelInThePathAndItsVersionInTheBody(string path, string body)
    {
        Upstream.NextJson(200, """{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""");
        var key = new KeyConfig { Name = "k", Value = new Secret("ya29.token"), Vertex = new VertexKeyConfig { ProjectId = "p", Region = "us-east5" } };
        await using var gateway = await RunningGateway.StartAsync(Upstream, With("vertex", key));

        var response = await gateway.PostAsync(path, body);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5:rawPredict", Seen().Target);
        var sent = JsonDocument.Parse(Seen().Body).RootElement;
        Assert.Equal("vertex-2023-10-16", sent.GetProperty("anthropic_version").GetString());
        Assert.False(sent.TryGetProperty("model", out _));
    }

    private Func<GatewayConfig, GatewayConfig> With(string provider, KeyConfig key) => config => config with
    {
        Providers = new Dictionary<string, ProviderConfig>(config.Providers)
        {
            [provider] = new ProviderConfig { Name = provider, Network = new NetworkConfig { BaseUrl = Upstream.Address }, Keys = [key] },
        },
    };

    /// <summary>The signature of the one reasoning block, whole or in a frame.</summary>
    private static string Signature(string answer)
    {
        const string Member = "\"signature\":\"";
        var start = answer.IndexOf(Member, StringComparison.Ordinal) + Member.Length;
        return answer[start..answer.IndexOf('"', start)];
    }
}
