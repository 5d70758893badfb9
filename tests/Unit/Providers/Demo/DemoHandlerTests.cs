using System.Text;
using System.Text.Json;
using BifrostLite.Providers;
using BifrostLite.Providers.Demo;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Providers.Demo;

/// <summary>The demo through the gateway's own sender, in every dialect that is registered.</summary>
public sealed class DemoHandlerTests
{
    private static readonly Provider Demo = DemoProvider.Create(TimeProvider.System);

    private static readonly Dictionary<string, string> Bodies = new()
    {
        [DialectNames.Chat] = "{\"model\":\"MODEL\",\"stream\":STREAM,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"hello demo\"}]}",
        [DialectNames.Responses] = "{\"model\":\"MODEL\",\"stream\":STREAM,\"input\":\"hello demo\"}",
        [DialectNames.Messages] = "{\"model\":\"MODEL\",\"stream\":STREAM,\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"hello demo\"}]}",
        [DialectNames.Invoke] = "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"hello demo\"}]}",
        [DialectNames.Converse] = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hello demo\"}]}]}",
        [DialectNames.GenerateContent] = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hello demo\"}]}]}",
    };

    public static TheoryData<string, bool> DialectsAndWays()
    {
        var data = new TheoryData<string, bool>();
        foreach (var dialect in Dialects.All)
        {
            if (Demo.Route(dialect.Name, Operation.Generate) is not null)
            {
                data.Add(dialect.Name, false);
                data.Add(dialect.Name, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(DialectsAndWays))]
    public async Task Send_Echo_AnswersInTheDialect(string dialect, bool stream)
    {
        var (response, answer) = await AskAsync(dialect, "echo", stream);

        Assert.Null(answer.Error);
        Assert.Equal("hello demo", Assert.Single(answer.Blocks).Text.Decode());
        Assert.Equal(StopKind.Stop, Assert.Single(answer.Stops).Kind);
        Assert.True(answer.Usage is { Input: > 0, Output: 2 });
        Assert.Equal(stream ? Dialects.Get(dialect).StreamContentType : "application/json", response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [MemberData(nameof(DialectsAndWays))]
    public async Task Send_Thinking_ShowsItsReasoning(string dialect, bool stream)
    {
        var (_, answer) = await AskAsync(dialect, "thinking", stream);

        Assert.Equal([BlockKind.Reasoning, BlockKind.Text], answer.Blocks.Select(block => block.Kind));
    }

    [Theory]
    [MemberData(nameof(DialectsAndWays))]
    public async Task Send_ErrorMidstream_IsAnErrorInEitherWay(string dialect, bool stream)
    {
        var (response, answer) = await AskAsync(dialect, "error-midstream", stream);

        Assert.Equal(stream ? 200 : 529, (int)response.StatusCode);
        Assert.NotNull(answer.Error);
    }

    [Theory]
    [MemberData(nameof(DialectsAndWays))]
    public async Task Send_Error429_HasStatusRetryAfterAndTheDialectsBody(string dialect, bool stream)
    {
        var (response, answer) = await AskAsync(dialect, "error-429", stream);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("retry-after").Single());
        Assert.Contains("429", answer.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ListModels_NamesEveryModel()
    {
        using var document = JsonDocument.Parse(await SendAsync(DialectNames.Chat, Operation.ListModels, ""));

        var names = document.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString());
        Assert.Equal(DemoModel.Names, names);
    }

    [Fact]
    public void Write_Embeddings_AreUnitVectorsOfTheText()
    {
        var body = "{\"model\":\"echo\",\"input\":[\"a\",\"b\",\"a\"],\"dimensions\":64}";
        using var document = JsonDocument.Parse(Embed(body));

        var vectors = document.RootElement.GetProperty("data").EnumerateArray()
            .Select(item => item.GetProperty("embedding").EnumerateArray().Select(number => number.GetDouble()).ToArray())
            .ToArray();
        Assert.Equal(3, vectors.Length);
        Assert.All(vectors, vector => Assert.Equal(1, vector.Sum(x => x * x), 4));
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
    }

    [Fact]
    public void Write_EmbeddingsAsBase64_AreFloats()
    {
        using var document = JsonDocument.Parse(Embed("{\"model\":\"echo\",\"input\":\"a\",\"encoding_format\":\"base64\"}"));

        var bytes = document.RootElement.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(256 * sizeof(float), bytes.Length);
    }

    [Theory]
    [InlineData(DialectNames.Messages, "{\"input_tokens\":5}")]
    [InlineData(DialectNames.Converse, "{\"inputTokens\":5}")]
    [InlineData(DialectNames.GenerateContent, "{\"totalTokens\":5}")]
    public void WriteTokenTotal_AnyDialect_HasItsOwnName(string dialect, string expected)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Dialects.Get(dialect).WriteTokenTotal(5, output);

        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("/v1/chat/completions", DialectNames.Chat, "", false)]
    [InlineData("/model/story%2Fa%3A0/converse-stream", DialectNames.Converse, "story/a:0", true)]
    [InlineData("/v1beta/models/echo:generateContent", DialectNames.GenerateContent, "echo", false)]
    [InlineData("/v1beta/models/echo:streamGenerateContent", DialectNames.GenerateContent, "echo", true)]
    public void Match_Path_FindsRouteModelAndStream(string path, string dialect, string model, bool stream)
    {
        var match = DemoRoutes.Match(path)!;

        Assert.Equal((dialect, model, stream), (match.Route.Dialect, match.Model, match.IsStream));
        Assert.Null(DemoRoutes.Match("/nope"));
    }

    private static string Embed(string body)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Assert.Null(DemoEmbeddings.Write(Encoding.UTF8.GetBytes(body), output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static async Task<string> SendAsync(string dialect, Operation operation, string body)
    {
        var call = ProviderKit.Call(Demo, dialect, operation: operation) with { Body = Encoding.UTF8.GetBytes(body) };
        var result = await Upstream.SendAsync(call, CancellationToken.None);
        return await result.Response!.Content.ReadAsStringAsync();
    }

    private static async Task<(HttpResponseMessage Response, ChatAnswer Answer)> AskAsync(string dialect, string model, bool stream)
    {
        var body = Bodies[dialect].Replace("MODEL", model, StringComparison.Ordinal).Replace("STREAM", stream ? "true" : "false", StringComparison.Ordinal);
        var call = ProviderKit.Call(Demo, dialect, model, stream) with { Body = Encoding.UTF8.GetBytes(body) };
        var result = await Upstream.SendAsync(call, CancellationToken.None);
        Assert.Null(result.Error);
        var response = result.Response!;
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var spoken = Dialects.Get(dialect);
        if (!response.IsSuccessStatusCode)
        {
            return (response, new ChatAnswer { Error = spoken.ReadError((int)response.StatusCode, bytes) });
        }

        if (stream)
        {
            return (response, DemoKit.Decode(spoken, bytes));
        }

        var builder = new AnswerBuilder();
        spoken.ReadAnswer(bytes, new StreamGuard(builder, StreamRules.Interleaved, new Losses()));
        return (response, builder.Answer);
    }
}
