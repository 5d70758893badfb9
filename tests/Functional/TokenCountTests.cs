using System.Text;
using System.Text.Json;

namespace BifrostLite.Tests.Functional;

/// <summary>Counting tokens at every door: the provider's own operation, another dialect's, or an estimate.</summary>
public sealed class TokenCountTests : FunctionalTest
{
    private const string Messages =
        """{"model":"MODEL","system":"be kind","messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}]}""";

    private const string Responses = """{"model":"MODEL","instructions":"be kind","input":"hi","max_output_tokens":99,"temperature":0.5}""";

    private const string Contents = """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""";

    [Theory]
    [InlineData("/v1/messages/count_tokens", "anthropic", "/v1/messages/count_tokens", Messages, """{"input_tokens": 12, "x":1}""")]
    [InlineData("/anthropic/v1/messages/count_tokens", "anthropic", "/v1/messages/count_tokens", Messages, """{"input_tokens":12}""")]
    [InlineData("/cursor/v1/messages/count_tokens", "anthropic", "/v1/messages/count_tokens", Messages, """{"input_tokens":12}""")]
    [InlineData("/v1/responses/input_tokens", "openai", "/v1/responses/input_tokens", Responses, """{"object":"response.input_tokens","input_tokens":7}""")]
    [InlineData("/v1/count_tokens", "openai", "/v1/responses/input_tokens", Responses, """{"object":"response.input_tokens","input_tokens":7}""")]
    public async Task Count_OwnDialect_IsVerbatim(string path, string provider, string target, string body, string answer)
    {
        Upstream.NextJson(200, answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(path, body.Replace("MODEL", provider + "/m", StringComparison.Ordinal));

        Assert.Equal(answer, await TextAsync(response));
        Assert.Equal(target, Seen().Target);
        Assert.Equal(body.Replace("MODEL", "m", StringComparison.Ordinal), Seen().Text);
        Assert.False(response.Headers.Contains("x-bf-estimated"));
    }

    [Fact]
    public async Task Count_BedrockOwnForms_AreVerbatim()
    {
        const string Body = """{"input":{"invokeModel":{"body":"e30="}}}""";
        Upstream.NextJson(200, """{"inputTokens":3}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/bedrock/model/bedrock%2Fanthropic.claude-x/count-tokens", Body);

        Assert.Equal("""{"inputTokens":3}""", await TextAsync(response));
        Assert.Equal("/model/anthropic.claude-x/count-tokens", Seen().Target);
        Assert.Equal(Body, Seen().Text);
    }

    [Fact]
    public async Task Count_MessagesToOpenAI_AsksInputTokensWithItsMembersOnly()
    {
        Upstream.NextJson(200, """{"object":"response.input_tokens","input_tokens":31}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/messages/count_tokens", Messages.Replace("MODEL", "openai/gpt-5", StringComparison.Ordinal).Replace("{\"model\"", "{\"max_tokens\":9,\"stop_sequences\":[\"x\"],\"model\"", StringComparison.Ordinal));

        Assert.Equal("""{"input_tokens":31}""", await TextAsync(response));
        Assert.Equal("/v1/responses/input_tokens", Seen().Target);
        Assert.All(Names(Seen().Body), name => Assert.Contains(name, (string[])["model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "text", "truncation"]));
        Assert.Contains("\"tools\":[", Seen().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Count_ResponsesToAnthropic_AsksCountTokensWithoutLimit()
    {
        Upstream.NextJson(200, """{"input_tokens":5}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/responses/input_tokens", Responses.Replace("MODEL", "anthropic/claude-opus-4-5", StringComparison.Ordinal));

        Assert.Equal("""{"object":"response.input_tokens","input_tokens":5}""", await TextAsync(response));
        Assert.Equal("/v1/messages/count_tokens", Seen().Target);
        Assert.Equal(["model", "system", "messages"], Names(Seen().Body));
    }

    [Fact]
    public async Task Count_GeminiToBedrock_WrapsAConverseRequest()
    {
        Upstream.NextJson(200, """{"inputTokens":4}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/genai/v1beta/models/bedrock%2Famazon.nova-lite-v1:0:countTokens", Contents);

        Assert.Equal("""{"totalTokens":4}""", await TextAsync(response));
        Assert.Equal("""{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"hi"}]}]}}}""", Seen().Text);
    }

    [Fact]
    public async Task Count_BedrockInvokeFormToAnthropic_IsTranslated()
    {
        var inner = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"""));
        Upstream.NextJson(200, """{"input_tokens":8}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/bedrock/model/anthropic%2Fclaude-opus-4-5/count-tokens", "{\"input\":{\"invokeModel\":{\"body\":\"" + inner + "\"}}}");

        Assert.Equal("""{"inputTokens":8}""", await TextAsync(response));
        Assert.Equal(["model", "messages"], Names(Seen().Body));
    }

    [Theory]
    [InlineData("/v1/messages/count_tokens", Messages, "input_tokens")]
    [InlineData("/v1/responses/input_tokens", Responses, "input_tokens")]
    [InlineData("/genai/v1beta/models/chatonly%2Fm:countTokens", Contents, "totalTokens")]
    [InlineData("/bedrock/model/chatonly%2Fm/count-tokens", """{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"hi"}]}]}}}""", "inputTokens")]
    public async Task Count_ProviderWithoutCounting_IsAnEstimateAndSaysSo(string path, string body, string member)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(path, body.Replace("MODEL", "chatonly/m", StringComparison.Ordinal));

        Assert.Equal("true", Assert.Single(response.Headers.GetValues("x-bf-estimated")));
        Assert.InRange((await JsonAsync(response)).GetProperty(member).GetInt32(), 5, 50);
        Assert.Empty(Upstream.Requests);
    }

    [Theory]
    [InlineData("/v1/messages/count_tokens", Messages)]
    [InlineData("/v1/responses/input_tokens", Responses)]
    [InlineData("/genai/v1beta/models/demo%2Fecho:countTokens", Contents)]
    [InlineData("/bedrock/model/demo%2Fecho/count-tokens", """{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"hi"}]}]}}}""")]
    public async Task Count_Demo_IsANumber(string path, string body)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(path, body.Replace("MODEL", "demo/echo", StringComparison.Ordinal));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("x-bf-estimated"));
    }

    [Fact]
    public async Task Count_EstimateOfABadRequest_Is400InTheDialect()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/messages/count_tokens", """{"model":"chatonly/m","messages":[{"role":"nobody","content":"hi"}]}""");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("invalid_request_error", await TextAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Count_AnswerWithoutNumber_Is502()
    {
        Upstream.NextJson(200, """{"tokens":"many"}""");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        Assert.Equal(502, (int)(await gateway.PostAsync("/v1/messages/count_tokens", Messages.Replace("MODEL", "anthropic/m", StringComparison.Ordinal))).StatusCode);
    }

    private static string[] Names(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
    }
}
