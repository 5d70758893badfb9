using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using static BifrostLite.Tests.Unit.Schemas.Converse.ConverseKit;

namespace BifrostLite.Tests.Unit.Schemas.Converse;

public class ConverseStreamDecoderTests
{
    private const string Metadata =
        """metadata {"usage":{"inputTokens":10,"outputTokens":7,"totalTokens":117,"cacheReadInputTokens":60,"cacheWriteInputTokens":40,"cacheDetails":[{"ttl":"1h","inputTokens":30}]},"metrics":{"latencyMs":5}}""";

    [Fact]
    public void OnFrame_TextWithoutStart_OpensTheBlock() => Assert.Equal(
        """
        start   in=
        +0 Text
        0 Caf\u00e9
        0 !
        -0
        finish Stop
        usage in=110 out=7
        end
        """,
        Decode($$$"""
        messageStart {"role":"assistant","p":"abc"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Caf\u00e9"},"p":"ab"}
        contentBlockDelta {"delta":{"text":"!"},"contentBlockIndex":0}
        contentBlockStop {"contentBlockIndex":0}
        messageStop {"stopReason":"end_turn"}
        {{{Metadata}}}
        """));

    [Fact]
    public void OnFrame_ReasoningAndTools_KeepTheirKinds() => Assert.Equal(
        """
        start   in=
        +0 Reasoning
        0 hm
        0 Signature c2ln
        -0
        +2 Tool tooluse_1 get_weather
        2 {\"city\":
        2 \"Rome\"}
        -2
        finish ToolCalls
        end
        """,
        Decode("""
        messageStart {"role":"assistant"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}
        contentBlockStop {"contentBlockIndex":0}
        contentBlockStop {"contentBlockIndex":1}
        contentBlockStart {"contentBlockIndex":2,"start":{"toolUse":{"name":"get_weather","toolUseId":"tooluse_1","type":"tool_use"}}}
        contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"city\":"}}}
        contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"\"Rome\"}"}}}
        contentBlockStop {"contentBlockIndex":2}
        messageStop {"stopReason":"tool_use"}
        """));

    [Fact]
    public void OnFrame_SystemTool_IsAServerTool()
    {
        var trace = Decode("""
        contentBlockStart {"contentBlockIndex":0,"start":{"toolUse":{"name":"nova_grounding","toolUseId":"t","type":"server_tool_use"}}}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}}
        contentBlockStop {"contentBlockIndex":0}
        contentBlockStart {"contentBlockIndex":1,"start":{"toolResult":{"toolUseId":"t","type":"nova_grounding_result","status":"success"}}}
        contentBlockDelta {"contentBlockIndex":1,"delta":{"toolResult":[{"text":"[HIDDEN]"}]}}
        contentBlockStop {"contentBlockIndex":1}
        contentBlockDelta {"contentBlockIndex":2,"delta":{"citation":{"location":{"web":{"url":"https://a.example/","domain":"a.example"}}}}}
        """);

        Assert.Equal("+0 ServerTool t web_search\n0 {}\n-0\n+1 ServerToolResult t\n-1\n+2 Text\n2 cites https://a.example/", trace);
    }

    [Fact]
    public void OnFrame_Exception_IsAnError() => Assert.Equal(
        "start   in=\nerror Too many requests",
        Decode("""
        messageStart {"role":"assistant"}
        throttlingException! {"message":"Too many requests"}
        """));

    [Fact]
    public void OnUpstreamEnd_WithoutStop_InventsNothing() => Assert.DoesNotContain("end", Decode("""
        messageStart {"role":"assistant"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"a"}}
        """), StringComparison.Ordinal);

    [Theory]
    [InlineData("contentBlockDelta {")]
    [InlineData("contentBlockStart nonsense")]
    [InlineData("messageStop {\"stopReason\":")]
    public void OnFrame_BrokenJson_IsAnErrorNotAnException(string frame) => Assert.StartsWith("error ", Decode(frame), StringComparison.Ordinal);

    [Theory]
    [InlineData("contentBlockDelta []")]
    [InlineData("contentBlockDelta {\"contentBlockIndex\":\"x\",\"delta\":{\"toolUse\":[1]}}")]
    [InlineData("contentBlockDelta {\"delta\":{\"image\":\"x\"}}")]
    [InlineData("contentBlockStart {\"start\":7}")]
    [InlineData("somethingNew {\"a\":1}")]
    public void OnFrame_UnknownShape_SaysNothing(string frame) => Assert.Equal("", Decode(frame));

    [Fact]
    public void OnFrame_StopSequence_IsFoundInEitherPlace()
    {
        foreach (var fields in new[] { """{"stop_sequence":"END"}""", """{"delta":{"stop_sequence":"END"}}""" })
        {
            var sink = new SequenceSink();
            Dialect.CreateDecoder().OnFrame(
                new StreamFrame
                {
                    Event = "messageStop"u8,
                    Data = Encoding.UTF8.GetBytes($$"""{"stopReason":"stop_sequence","additionalModelResponseFields":{{fields}}}"""),
                },
                sink);
            Assert.Equal("END", sink.Sequence);
        }
    }

    [Fact]
    public void OnFrame_TextDeltas_AllocateNothing()
    {
        var decoder = Dialect.CreateDecoder();
        var sink = new SequenceSink();
        var data = """{"contentBlockIndex":0,"delta":{"text":"some words of an answer"},"p":"abcdefgh"}"""u8;
        decoder.OnFrame(new StreamFrame { Event = "contentBlockDelta"u8, Data = data }, sink);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            decoder.OnFrame(new StreamFrame { Event = "contentBlockDelta"u8, Data = data }, sink);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    private sealed class SequenceSink : IResponseSink
    {
        public string Sequence { get; private set; } = "";

        public void On(in ResponseEvent e)
        {
            if (e.Kind == EventKind.Finish)
            {
                Sequence = e.Stop.Sequence.ToString();
            }
        }
    }
}
