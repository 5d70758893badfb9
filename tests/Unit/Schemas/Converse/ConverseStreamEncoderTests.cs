using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Tests.Unit.Schemas.Hub;
using static BifrostLite.Tests.Unit.Schemas.Converse.ConverseKit;

namespace BifrostLite.Tests.Unit.Schemas.Converse;

public class ConverseStreamEncoderTests
{
    [Fact]
    public void On_ThinkingTextAndTool_WritesTheDocumentedOrder() => Assert.Equal(
        """
        messageStart {"role":"assistant"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}
        contentBlockStop {"contentBlockIndex":0}
        contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"\u00fc"}}
        contentBlockStop {"contentBlockIndex":1}
        contentBlockStart {"start":{"toolUse":{"toolUseId":"t1","name":"f"}},"contentBlockIndex":2}
        contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":1}"}}}
        contentBlockStop {"contentBlockIndex":2}
        messageStop {"stopReason":"tool_use"}
        metadata {"usage":{"inputTokens":10,"outputTokens":7,"totalTokens":117,"cacheReadInputTokens":60,"cacheWriteInputTokens":40,"cacheDetails":[{"ttl":"1h","inputTokens":30},{"ttl":"5m","inputTokens":10}]},"metrics":{"latencyMs":0}}
        """,
        Encode(static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Reasoning);
            sink.Add(0, "hm");
            sink.Add(0, "c2ln", DeltaKind.Signature);
            sink.Stop(0);
            sink.Open(1, BlockKind.Text);
            sink.Add(1, "\\u00fc");
            sink.Stop(1);
            sink.Open(2, BlockKind.Tool, "t1", "f");
            sink.Add(2, "{\\\"a\\\":1}");
            sink.Stop(2);
            sink.Finish();
            sink.Count(new Usage { Input = 110, CacheRead = 60, CacheWrite5m = 10, CacheWrite1h = 30, Output = 7 });
            sink.End();
        }));

    [Fact]
    public void On_ErrorMidStream_IsAFramedException() => Assert.Equal(
        """
        messageStart {"role":"assistant"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"a"}}
        serviceUnavailableException! {"message":"overloaded \"now\""}
        """,
        Encode(static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Text);
            sink.Add(0, "a");
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = new GatewayError(529, ErrorKind.Overloaded, "overloaded \"now\"") });
        }));

    [Fact]
    public void On_ToolWithoutArguments_StillStarts()
    {
        var wire = Encode(static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Tool, "t1", "f");
            sink.Stop(0);
            sink.Finish(StopKind.Unknown);
            sink.End();
        });

        Assert.Contains("contentBlockStart {\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"f\"}},\"contentBlockIndex\":0}\ncontentBlockStop", wire, StringComparison.Ordinal);
        Assert.Contains("\"stopReason\":\"tool_use\"", wire, StringComparison.Ordinal);
    }

    [Fact]
    public void On_SignatureOfAnotherFamilyOnACall_StandsTaggedBeforeIt()
    {
        var wire = Encode(
            static sink =>
            {
                sink.Start();
                sink.Open(0, BlockKind.Tool, "t1", "f");
                sink.Add(0, "abc", DeltaKind.Signature);
                sink.Add(0, "{}");
                sink.Stop(0);
                sink.Finish(StopKind.ToolCalls);
                sink.End();
            },
            Context("gemini"));

        Assert.Contains(
            """
            contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"bfl1:s:gemini:p:chat::abc"}}}
            contentBlockStop {"contentBlockIndex":0}
            contentBlockStart {"start":{"toolUse":{"toolUseId":"t1","name":"f"}},"contentBlockIndex":1}
            """,
            wire,
            StringComparison.Ordinal);
    }

    [Fact]
    public void On_RedactedOfAnotherFamily_IsBase64AndComesBack()
    {
        var wire = Encode(
            static sink =>
            {
                sink.Start();
                sink.Open(0, BlockKind.Reasoning);
                sink.Add(0, "gAAA", DeltaKind.Redacted);
                sink.Stop(0);
                sink.Finish();
                sink.End();
            },
            Context("openai"));

        var blob = wire.Split("\"redactedContent\":\"")[1].Split('"')[0];
        var request = Read($$$"""{"messages":[{"role":"assistant","content":[{"reasoningContent":{"redactedContent":"{{{blob}}}"}}]}]}""");
        var state = Assert.IsType<ReasoningPart>(request.Turns[0].Parts[0]).State!;
        Assert.Equal((StateKind.Redacted, "gAAA", "openai"), (state.Kind, state.Data.ToString(), state.Origin.Family));
    }

    [Fact]
    public void On_ServerTools_AreLeftOutAndRecorded()
    {
        var context = Context();
        var wire = Encode(
            static sink =>
            {
                sink.Start();
                sink.Open(0, BlockKind.ServerTool, "s", "web_search");
                sink.Add(0, "{}");
                sink.Stop(0);
                sink.Open(1, BlockKind.Text);
                sink.Add(1, "x");
                sink.Stop(1);
                sink.Finish();
                sink.End();
            },
            context);

        Assert.DoesNotContain("web_search", wire, StringComparison.Ordinal);
        Assert.Contains("{\"contentBlockIndex\":0,\"delta\":{\"text\":\"x\"}}", wire, StringComparison.Ordinal);
        Assert.Equal("answer.server_tool", context.Losses.Kept[0].Path);
    }

    [Fact]
    public void On_TextDeltas_AllocateNothing()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var encoder = Dialect.CreateEncoder(Context(), output);
        encoder.Start();
        encoder.Open(0, BlockKind.Text);
        var words = "some words of an answer"u8;
        var delta = new ResponseEvent { Kind = EventKind.BlockDelta, Text = words };
        encoder.On(delta);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            encoder.On(delta);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }
}
