using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class StreamGuardTests
{
    private readonly RecordingSink _sink = new();
    private readonly Losses _losses = new();

    [Fact]
    public void On_LegalStream_PassesAsItIs()
    {
        var guard = Guard();
        guard.Start();
        guard.Open(0, BlockKind.Text);
        guard.Add(0, "Hel");
        guard.Add(0, "lo");
        guard.Stop(0);
        guard.Finish();
        guard.End();
        guard.Complete();

        Expect("start m model in=", "+0 Text", "0 Hel", "0 lo", "-0", "finish Stop", "end");
        Assert.True(guard is { HasEnded: true, HasFailed: false, HasContent: true });
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public void On_DeltaWithoutStart_MakesBothStartsUp()
    {
        var guard = Guard();
        guard.Add(7, "Hi");
        guard.Add(9, "hm", DeltaKind.Signature);
        guard.Finish();
        guard.End();

        Expect("start   in=", "+0 Text", "0 Hi", "-0", "+1 Reasoning", "1 Signature hm", "-1", "finish Stop", "end");
    }

    [Fact]
    public void On_UsageBeforeStart_RidesOnTheStart()
    {
        var guard = Guard();
        guard.Count(new Usage { Input = 12 });
        guard.Start("real");
        guard.Count(new Usage { Output = 3 });
        guard.Finish();
        guard.Count(new Usage { Output = 4 });
        guard.End();

        Expect("start real model in=12", "usage in=12 out=3", "finish Stop", "usage in=12 out=4", "end");
        Assert.Equal(4, guard.Usage.Output);
    }

    [Fact]
    public void On_TextWhileTextIsOpen_StopsTheFirstAndReopensItLater()
    {
        var guard = Guard();
        guard.Start();
        guard.Open(0, BlockKind.Reasoning, "rs_1");
        guard.Add(0, "think");
        guard.Open(1, BlockKind.Text);
        guard.Add(1, "say");
        guard.Add(0, "more");
        guard.Finish();
        guard.End();

        Expect("start m model in=", "+0 Reasoning rs_1", "0 think", "-0", "+1 Text", "1 say", "-1", "+2 Reasoning", "2 more", "-2", "finish Stop", "end");
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public void On_InterleavedCalls_HoldsTheSecondUntilTheFirstIsComplete()
    {
        var guard = Guard();
        guard.Start();
        guard.Open(0, BlockKind.Tool, "a", "f");
        guard.Open(1, BlockKind.Tool, "b", "g");
        guard.Add(0, "{\\\"x\\\":");
        guard.Add(1, "{\\\"y\\\":");
        guard.Add(0, "\\\"}\\\"");
        guard.Add(1, "2");
        guard.Add(0, "}");
        guard.Add(1, "}");
        guard.Stop(0);
        guard.Stop(1);
        guard.Finish(StopKind.ToolCalls);
        guard.End();

        Expect(
            "start m model in=", "+0 Tool a f", "0 {\\\"x\\\":", "0 \\\"}\\\"", "0 }", "-0", "+1 Tool b g", "1 {\\\"y\\\":2", "1 }", "-1", "finish ToolCalls", "end");
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public void On_SecondCallAfterCompleteFirst_StreamsLiveWithoutAStop()
    {
        var guard = Guard();
        guard.Open(0, BlockKind.Tool, "a", "f");
        guard.Add(0, "{}");
        guard.Open(1, BlockKind.Tool, "b", "g");
        guard.Add(1, "{");
        guard.Add(0, "\\n ");

        Expect("start   in=", "+0 Tool a f", "0 {}", "-0", "+1 Tool b g", "1 {");
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public void On_CallsNeverStopped_AreAllShownAtFinish()
    {
        var guard = Guard();
        guard.Open(0, BlockKind.Tool, "a", "f");
        guard.Open(1, BlockKind.CustomTool, "b", "g");
        guard.Open(2, BlockKind.Text);
        guard.Add(2, "late");
        guard.Add(1, "patch");
        guard.Finish(StopKind.ToolCalls);

        Expect(
            "start   in=", "+0 Tool a f", "-0", "+1 CustomTool b g", "1 patch", "-1", "+2 Text", "2 late", "-2", "finish ToolCalls");
    }

    [Fact]
    public void On_SameIndexWithAnotherId_IsAnotherCall()
    {
        var guard = Guard();
        guard.Open(0, BlockKind.Tool, "a", "f");
        guard.Add(0, "{}");
        guard.Open(0, BlockKind.Tool, "a", "f");
        guard.Open(0, BlockKind.Tool, "b", "g");
        guard.Add(0, "{}");
        guard.Finish(StopKind.ToolCalls);

        Expect("start   in=", "+0 Tool a f", "0 {}", "-0", "+1 Tool b g", "1 {}", "-1", "finish ToolCalls");
        Assert.Equal([new Loss("stream.block_start", LossReason.Conflict)], _losses.Kept);
    }

    [Fact]
    public void On_InterleavedTarget_KeepsBlocksSideBySide()
    {
        var guard = Guard(StreamRules.Interleaved);
        guard.Open(3, BlockKind.Tool, "a", "f");
        guard.Open(5, BlockKind.Tool, "b", "g");
        guard.Add(3, "{");
        guard.Add(5, "{");
        guard.Finish(StopKind.ToolCalls);

        Expect("start   in=", "+0 Tool a f", "+1 Tool b g", "0 {", "1 {", "-0", "-1", "finish ToolCalls");
    }

    [Fact]
    public void On_SecondChoiceWhereThereIsNone_IsReportedOnce()
    {
        var guard = Guard();
        guard.Add(0, "a");
        guard.Add(0, "b", choice: 1);
        guard.Finish(choice: 1);
        guard.Finish();
        guard.End();

        Expect("start   in=", "+0 Text", "0 a", "-0", "finish Stop", "end");
        Assert.Equal([new Loss("choices", LossReason.Unsupported)], _losses.Kept);
    }

    [Fact]
    public void On_Choices_ShareTheNumbering()
    {
        var guard = Guard(StreamRules.Interleaved | StreamRules.Choices);
        guard.Add(0, "a", choice: 1);
        guard.Add(0, "b");
        guard.Finish(choice: 1);
        guard.Finish();
        guard.End();

        Expect("start   in=", "+0@1 Text", "0@1 a", "+1 Text", "1 b", "-0@1", "finish@1 Stop", "-1", "finish Stop", "end");
    }

    [Fact]
    public void On_MoreChoicesThanAnybodyMayAskFor_TheFirst128Pass()
    {
        var guard = Guard(StreamRules.Interleaved | StreamRules.Choices);
        for (var choice = 0; choice < 130; choice++)
        {
            guard.Add(0, "a", choice: choice);
        }

        Assert.Equal(128, _sink.Lines.Count(line => line.StartsWith('+')));
        Assert.Equal([new Loss("choices", LossReason.Unsupported)], _losses.Kept);
    }

    [Fact]
    public void On_EndBeforeEveryChoiceFinished_IsAnError()
    {
        var guard = Guard(StreamRules.Choices);
        guard.Add(0, "a");
        guard.Add(0, "b", choice: 1);
        guard.Finish();
        guard.End();

        Assert.Equal("error the upstream ended the stream before its answer was complete", _sink.Lines[^1]);
        Assert.True(guard.HasFailed);
        Assert.False(guard.HasEnded);
    }

    [Fact]
    public void Complete_AfterFinishWithoutEnd_IsAnError()
    {
        var guard = Guard();
        guard.Add(0, "a");
        guard.Finish();
        guard.Complete();

        Assert.Equal("error the upstream closed the stream before its end", _sink.Lines[^1]);
    }

    [Fact]
    public void On_Error_EndsTheStreamWithOpenBlocks()
    {
        var guard = Guard();
        guard.Add(0, "a");
        guard.On(new ResponseEvent { Kind = EventKind.Error, Error = new GatewayError(529, ErrorKind.Overloaded, "busy") });
        guard.Add(0, "b");
        guard.Complete();

        Expect("start   in=", "+0 Text", "0 a", "error busy");
        Assert.Equal([new Loss("stream.block_delta", LossReason.Conflict)], _losses.Kept);
    }

    [Fact]
    public void On_LateEvents_AreDroppedAndRecorded()
    {
        var guard = Guard();
        guard.Add(0, "a");
        guard.Stop(0);
        guard.Add(0, "b");
        guard.Finish();
        guard.Add(1, "c");
        guard.Finish();
        guard.End();
        guard.End();

        Expect("start   in=", "+0 Text", "0 a", "-0", "finish Stop", "end");
        Assert.Equal(["stream.block_delta", "stream.block_delta", "stream.finish", "stream.end"], _losses.Kept.Select(l => l.Path));
    }

    [Fact]
    public void On_TooMuchHeld_IsAnError()
    {
        var guard = Guard();
        var megabyte = new string('x', 1024 * 1024);
        guard.Open(0, BlockKind.CustomTool, "a", "f");
        guard.Open(1, BlockKind.CustomTool, "b", "g");
        for (var i = 0; i < 17; i++)
        {
            guard.Add(1, megabyte);
        }

        Assert.StartsWith("error the upstream mixes", _sink.Lines[^1]);
        Assert.Equal(3, _sink.Lines.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void On_TextDelta_AllocatesNothing(int rules)
    {
        var guard = new StreamGuard(new NullSink(), (StreamRules)rules, _losses);
        guard.Start();
        guard.Open(4, BlockKind.Text);
        guard.Add(4, "warm");
        var text = Encoding.UTF8.GetBytes("a piece of an answer");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            guard.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 4, Text = text });
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private StreamGuard Guard(StreamRules rules = StreamRules.Sequential) => new(_sink, rules, _losses);

    private void Expect(params string[] lines) => Assert.Equal(string.Join('\n', lines), _sink.Trace);

    private sealed class NullSink : IResponseSink
    {
        public void On(in ResponseEvent e)
        {
        }
    }
}
