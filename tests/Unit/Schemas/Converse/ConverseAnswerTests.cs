using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;
using static BifrostLite.Tests.Unit.Schemas.Converse.ConverseKit;

namespace BifrostLite.Tests.Unit.Schemas.Converse;

public class ConverseAnswerTests
{
    private const string Whole =
        """{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},{"reasoningContent":{"redactedContent":"cmVk"}},{"text":"a\"b"},{"toolUse":{"toolUseId":"t1","name":"f","input":{"z":"\u00fc","a":[1.0,{"q":"\"x\""}]}}}]}},"stopReason":"tool_use","usage":{"inputTokens":3,"outputTokens":4,"totalTokens":9,"cacheReadInputTokens":2},"metrics":{"latencyMs":0}}""";

    [Fact]
    public void ReadAnswer_EveryKindOfBlock_BecomesEvents() => Assert.Equal(
        """
        start   in=
        +0 Reasoning
        0 hm
        0 Signature c2ln
        -0
        +1 Reasoning
        1 Redacted cmVk
        -1
        +2 Text
        2 a\"b
        -2
        +3 Tool t1 f
        3 {\"z\":\"\\u00fc\",\"a\":[1.0,{\"q\":\"\\\"x\\\"\"}]}
        -3
        usage in=5 out=4
        finish ToolCalls
        end
        """,
        Trace(Whole));

    [Fact]
    public void WriteAnswer_WhatWasRead_IsTheSameAgain()
    {
        var builder = new AnswerBuilder();
        Dialect.ReadAnswer(Encoding.UTF8.GetBytes(Whole), new StreamGuard(builder, Dialect.Rules, new Losses()));
        var output = new ArrayBufferWriter<byte>();
        Dialect.WriteAnswer(builder.Answer, Context(), output);

        Assert.Equal(Whole, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void ReadAnswer_CitationsContent_IsOneTextWithCitations() => Assert.Contains(
        "+0 Text\n0 one\n0 two\n0 cites https://a.example/\n-0",
        Trace("""{"output":{"message":{"content":[{"citationsContent":{"content":[{"text":"one"},{"text":"two"}],"citations":[{"title":"A","location":{"web":{"url":"https://a.example/"}}}]}}]}}}"""),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("[1,2]")]
    [InlineData("<html>")]
    [InlineData("{\"output\":")]
    [InlineData("{\"message\":\"no\"}")]
    public void ReadAnswer_NoAnswer_IsOneError(string body) => Assert.StartsWith("error ", Trace(body), StringComparison.Ordinal);

    [Fact]
    public void Inspect_VerbatimStream_LearnsUsageAndEnd()
    {
        var facts = new StreamFacts();
        Dialect.Inspect(new StreamFrame { Event = "contentBlockDelta"u8, Data = "{}"u8 }, facts);
        Assert.True(facts is { HasContent: true, IsTerminated: false });
        Dialect.Inspect(new StreamFrame { Event = "messageStop"u8, Data = "{\"stopReason\":\"max_tokens\"}"u8 }, facts);
        Dialect.Inspect(new StreamFrame { Event = "metadata"u8, Data = "{\"usage\":{\"inputTokens\":1,\"cacheReadInputTokens\":2,\"outputTokens\":3}}"u8 }, facts);

        Assert.True(facts.IsTerminated);
        Assert.Equal((StopKind.Length, 3, 3), (facts.Stop, facts.Usage.Input, facts.Usage.Output));
    }

    [Fact]
    public void InspectAnswer_NoAnswer_IsAnError()
    {
        var facts = new StreamFacts();
        Dialect.InspectAnswer("{\"foo\":1}"u8, facts);
        Assert.NotNull(facts.Error);
    }

    [Theory]
    [InlineData(400, """{"__type":"com.amazon.coral.validate#ValidationException:http://x/","message":"bad"}""", "InvalidRequest", "bad")]
    [InlineData(403, """{"Message":"denied"}""", "Permission", "denied")]
    [InlineData(400, """{"__type":"ThrottlingException","message":"slow"}""", "RateLimit", "slow")]
    [InlineData(502, "<html>", "BadGateway", "the provider answered with status 502")]
    public void ReadError_AnyBody_KeepsStatusAndMessage(int status, string body, string kind, string message)
    {
        var error = Dialect.ReadError(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((status, kind, message), (error.Status, error.Kind.ToString(), error.Message));
    }

    [Fact]
    public void WriteError_NamesTheFieldAndTheException()
    {
        var output = new ArrayBufferWriter<byte>();
        Dialect.WriteError(GatewayError.Invalid("must be an array", "messages"), output);
        Assert.Equal("""{"__type":"ValidationException","message":"messages: must be an array"}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static string Trace(string body)
    {
        var sink = new RecordingSink();
        Dialect.ReadAnswer(Encoding.UTF8.GetBytes(body), sink);
        return sink.Trace;
    }
}
