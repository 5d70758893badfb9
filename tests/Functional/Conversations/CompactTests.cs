namespace BifrostLite.Tests.Functional.Conversations;

/// <summary>POST /v1/responses/compact: the provider's own, or a summary that stands for the conversation.</summary>
public class CompactTests : StatefulTest
{
    private const string Long = """[{"role":"user","content":"I am Ada"},{"role":"assistant","content":"hello"},{"role":"user","content":"I like red"}]""";

    [Fact]
    public async Task Compact_AtAProviderThatCan_PassesAsItIs()
    {
        const string Answer = """{"id":"resp_c","object":"response.compaction","created_at":1,"output":[{"id":"cmp_1","type":"compaction","encrypted_content":"xyz"}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""";
        Upstream.NextJson(200, Answer);

        var compacted = await PostAsync("/openai/v1/responses/compact", $$"""{"model":"openai/m","input":{{Long}}}""");

        Assert.Equal(Answer, compacted.GetRawText());
        Assert.Equal("/v1/responses/compact", Seen().Target);
        Assert.Equal($$"""{"model":"m","input":{{Long}}}""", Seen().Text);
    }

    [Fact]
    public async Task Compact_ElsewhereAndUsed_StandsForTheConversation()
    {
        NextMessage("Ada likes red");
        var compacted = await PostAsync("/v1/responses/compact", $$"""{"model":"anthropic/m","input":{{Long}}}""");

        Assert.Equal("response.compaction", Text(compacted, "object"));
        var output = compacted.GetProperty("output");
        Assert.Equal(["message", "message", "compaction"], output.EnumerateArray().Select(item => Text(item, "type")));
        Assert.Equal("5", Text(compacted, "usage", "total_tokens"));
        Assert.Contains("I am Ada", Seen().Text);
        Assert.Contains("Summarize", Seen().Text);

        NextMessage("red");
        await AskAsync($$"""{"model":"anthropic/m","input":[{{output[2].GetRawText()}},{"role":"user","content":"what do I like"}]}""");
        Assert.Contains("Ada likes red", Upstream.Requests.Last().Text);

        NextResponse("resp_up1", "red");
        await AskAsync($$"""{"model":"openai/m","input":[{{output[2].GetRawText()}},{"role":"user","content":"what do I like"}]}""");
        Assert.Contains("Ada likes red", Upstream.Requests.Last().Text);
        Assert.DoesNotContain("compaction", Upstream.Requests.Last().Text);
    }

    [Fact]
    public async Task Compact_OfAChain_SummarizesAllOfIt()
    {
        NextMessage("hello");
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"I am Ada"}"""), "id");
        NextMessage("Ada");

        var compacted = await PostAsync("/v1/responses/compact", $$"""{"model":"anthropic/m","previous_response_id":"{{id}}"}""");

        Assert.Contains("I am Ada", Upstream.Requests.Last().Text);
        Assert.Equal("I am Ada", Text(compacted, "output", 0, "content", 0, "text"));
        Assert.Single((await Store.ListAsync(new Storage.RecordQuery { Kind = "response" })).Value);
    }
}
