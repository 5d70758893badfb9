using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Messages;

public class MessagesInspectorTests
{
    private const string Start =
        """{"type":"message_start","message":{"id":"m","type":"message","content":[],"usage":{"input_tokens":10,"cache_creation_input_tokens":7,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},"output_tokens":1}}}""";

    private static StreamFacts Inspect(params (string Event, string Data)[] frames)
    {
        var facts = new StreamFacts();
        foreach (var (name, data) in frames)
        {
            Wire.Dialect.Inspect(new StreamFrame { Event = Encoding.UTF8.GetBytes(name), Data = Encoding.UTF8.GetBytes(data) }, facts);
        }

        return facts;
    }

    [Fact]
    public void Inspect_StartAndDelta_MergesCumulativeFigures()
    {
        var facts = Inspect(
            ("message_start", Start),
            ("message_delta", """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":42,"output_tokens_details":{"thinking_tokens":5},"server_tool_use":{"web_search_requests":2}}}"""),
            ("message_stop", """{"type":"message_stop"}"""));

        Assert.Equal(117, facts.Usage.Input);
        Assert.Equal(100, facts.Usage.CacheRead);
        Assert.Equal(3, facts.Usage.CacheWrite5m);
        Assert.Equal(4, facts.Usage.CacheWrite1h);
        Assert.Equal(42, facts.Usage.Output);
        Assert.Equal(5, facts.Usage.Reasoning);
        Assert.Equal(2, facts.Usage.WebSearches);
        Assert.Equal(StopKind.ToolCalls, facts.Stop);
        Assert.True(facts.IsTerminated);
        Assert.False(facts.HasContent);
    }

    [Fact]
    public void Inspect_LateInput_ReplacesTheUncachedPartOnly()
    {
        var facts = Inspect(("message_start", Start), ("", """{"type":"message_delta","delta":{},"usage":{"input_tokens":50,"output_tokens":1}}"""));

        Assert.Equal(157, facts.Usage.Input);
        Assert.Equal(100, facts.Usage.CacheRead);
    }

    [Fact]
    public void Inspect_UnnamedDelta_IsContent() =>
        Assert.True(Inspect(("", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}""")).HasContent);

    [Fact]
    public void Inspect_ErrorEvent_TellsTheUpstreamsError()
    {
        var facts = Inspect(("error", """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"""));

        Assert.Equal(ErrorKind.Overloaded, facts.Error!.Kind);
        Assert.Equal(529, facts.Error.Status);
        Assert.False(facts.IsTerminated);
    }

    [Fact]
    public void Inspect_DeltaFrames_AllocateNothing()
    {
        var facts = new StreamFacts();
        var name = "content_block_delta"u8.ToArray();
        var data = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"""u8.ToArray();
        var before = Run(facts, name, data, 10);

        Assert.Equal(0, Run(facts, name, data, 10_000));
        Assert.True(before >= 0);
    }

    [Theory]
    [InlineData("""{"type":"message","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":4}}""", null)]
    [InlineData("""{"type":"error","error":{"type":"api_error","message":"broken"}}""", "broken")]
    [InlineData("""{"id":"x","choices":[""", "the upstream's answer is not JSON")]
    [InlineData("", "the upstream's answer is not JSON")]
    [InlineData("[1,2]", "the upstream's answer is not JSON")]
    [InlineData("{}", "the upstream's answer is no message")]
    public void InspectAnswer_AnyBody_FindsWhatIsNoAnswer(string body, string? error)
    {
        var facts = new StreamFacts();
        Wire.Dialect.InspectAnswer(Encoding.UTF8.GetBytes(body), facts);

        Assert.Equal(error, facts.Error?.Message);
        Assert.Equal(error is null, facts.IsTerminated);
        Assert.Equal(error is null ? 7 : null, facts.Usage.Total);
    }

    private static long Run(StreamFacts facts, byte[] name, byte[] data, int times)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            Wire.Dialect.Inspect(new StreamFrame { Event = name, Data = data }, facts);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
