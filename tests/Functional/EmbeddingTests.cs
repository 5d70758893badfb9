using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional;

/// <summary>/v1/embeddings passes as it is.</summary>
public sealed class EmbeddingTests : FunctionalTest
{
    private const string Answer = """{ "object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,-2e-3]}],"model":"e","usage":{"prompt_tokens":8,"total_tokens":8},"vendor":1.0 }""";

    [Fact]
    public async Task Embeddings_OpenAI_AreByteForByteAndCounted()
    {
        Upstream.NextJson(200, Answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream, level: LogLevel.Information);

        var response = await gateway.PostAsync("/openai/v1/embeddings", """{"input":["a","b"],"model":"openai/text-embedding-3-small", "dimensions":2}""");

        Assert.Equal(Answer, await TextAsync(response));
        Assert.Equal("/v1/embeddings", Seen().Target);
        Assert.Equal("""{"input":["a","b"],"model":"text-embedding-3-small", "dimensions":2}""", Seen().Text);
        await gateway.LoggedAsync("in=8 ", 1);
    }

    [Theory]
    [InlineData("""{"object":"list"}""")]
    [InlineData("""{"data":[""")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task Embeddings_AnswerThatIsNone_Is502(string answer)
    {
        Upstream.NextJson(200, answer);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/embeddings", """{"input":"a","model":"openai/e"}""");

        Assert.Equal(502, (int)response.StatusCode);
    }

    [Fact]
    public async Task Embeddings_Demo_AreVectors()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var answer = await JsonAsync(await gateway.PostAsync("/openai/v1/embeddings", """{"input":["a","b"],"model":"demo/echo","dimensions":8}"""));

        Assert.Equal(2, answer.GetProperty("data").GetArrayLength());
        Assert.Equal(8, answer.GetProperty("data")[1].GetProperty("embedding").GetArrayLength());
        Assert.True(answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Embeddings_ProviderWithout_Is400ThatSaysSo()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync("/v1/embeddings", """{"input":"a","model":"anthropic/claude"}""");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("cannot serve Embeddings", await TextAsync(response), StringComparison.Ordinal);
    }
}
