using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class AnswerRoundTripTests
{
    [Fact]
    public void On_WholeStream_BuildsOneAnswer()
    {
        var builder = new AnswerBuilder();
        PlayEverything(builder);

        var answer = builder.Answer;
        Assert.True(builder.IsComplete);
        Assert.Equal("m", answer.Id.Decode());
        Assert.Equal("model", answer.Model.Decode());
        Assert.Equal([BlockKind.Reasoning, BlockKind.Text, BlockKind.Tool], answer.Blocks.Select(b => b.Kind));
        Assert.Equal("onetwo", answer.Blocks[0].Text.Decode());
        Assert.Equal([3], answer.Blocks[0].SummaryBreaks);
        Assert.Equal("sig", answer.Blocks[0].Signature.Decode());
        Assert.Equal("hidden", answer.Blocks[0].Redacted.Decode());
        Assert.Equal("say \\u00e9", answer.Blocks[1].Text.ToString());
        Assert.Equal("http://x", answer.Blocks[1].Citations[0].Url.Decode());
        Assert.Equal("[{\"token\":\"a\"},{\"token\":\"b\"}]", System.Text.Encoding.UTF8.GetString(answer.Blocks[1].Logprobs.Span));
        Assert.Equal("call_1", answer.Blocks[2].Id.Decode());
        Assert.Equal([StopKind.ToolCalls], answer.Stops.Select(s => s.Kind));
        Assert.Equal(new Usage { Input = 10, Output = 5 }, answer.Usage);
        Assert.Equal("odd", answer.Extensions[0].Name);
    }

    [Fact]
    public void Play_BuiltAnswer_GivesALegalStreamAndTheSameAnswer()
    {
        var first = new AnswerBuilder();
        PlayEverything(first);
        var second = new AnswerBuilder();
        var replayed = new RecordingSink();

        AnswerReplay.Play(first.Answer, replayed);
        AnswerReplay.Play(first.Answer, new StreamGuard(second, StreamRules.Sequential, new Losses()));
        var again = new RecordingSink();
        AnswerReplay.Play(second.Answer, again);

        Assert.Null(AnswerGrammar.Violation(replayed.Steps, StreamRules.Sequential));
        Assert.Equal(replayed.Trace, again.Trace);
        Assert.Equal(
            """
            start m model in=10
            +0 Reasoning
            0 one
            0 SummaryBreak
            0 two
            0 Redacted hidden
            0 Signature sig
            -0
            +1 Text
            1 say \u00e9
            1 cites http://x
            1 logprobs [{"token":"a"},{"token":"b"}]
            -1
            +2 Tool call_1 look
            2 {}
            -2
            extension odd 1
            usage in=10 out=5
            finish ToolCalls
            end
            """,
            replayed.Trace);
    }

    [Fact]
    public void On_Choices_StopsStandByChoice()
    {
        var builder = new AnswerBuilder();
        var guard = new StreamGuard(builder, StreamRules.Choices, new Losses());
        guard.Add(0, "b", choice: 1);
        guard.Add(0, "a");
        guard.Finish(StopKind.Length, choice: 1);
        guard.Finish();
        guard.End();

        Assert.Equal([StopKind.Stop, StopKind.Length], builder.Answer.Stops.Select(s => s.Kind));
        Assert.Equal([1, 0], builder.Answer.Blocks.Select(b => b.Choice));
    }

    [Fact]
    public void On_Error_KeepsWhatHadComeAndPlaysTheErrorAlone()
    {
        var builder = new AnswerBuilder();
        var guard = new StreamGuard(builder, StreamRules.Sequential, new Losses());
        guard.Add(0, "a");
        guard.Complete();

        Assert.Equal("a", builder.Answer.Blocks[0].Text.Decode());
        Assert.Equal(502, builder.Answer.Error?.Status);
        var sink = new RecordingSink();
        AnswerReplay.Play(builder.Answer, sink);
        Assert.Equal("error the upstream closed the stream before its end", sink.Trace);
    }

    private static void PlayEverything(IResponseSink sink)
    {
        sink.Start();
        sink.Open(0, BlockKind.Reasoning);
        sink.Add(0, "one");
        sink.Add(0, "", DeltaKind.SummaryBreak);
        sink.Add(0, "two");
        sink.Add(0, "hidden", DeltaKind.Redacted);
        sink.Add(0, "sig", DeltaKind.Signature);
        sink.Stop(0);
        sink.Open(1, BlockKind.Text);
        sink.Add(1, "say ");
        sink.Add(1, "\\u00e9");
        sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = 1, Citation = new Citation(CitationKind.Url) { Url = JsonText.From("http://x") } });
        sink.On(new ResponseEvent { Kind = EventKind.Logprobs, Index = 1, Raw = "[ {\"token\":\"a\"} ]"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.Logprobs, Index = 1, Raw = "[]"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.Logprobs, Index = 1, Raw = "[{\"token\":\"b\"}]"u8 });
        sink.Stop(1);
        sink.Open(2, BlockKind.Tool, "call_1", "look");
        sink.Add(2, "{}");
        sink.Stop(2);
        sink.On(new ResponseEvent { Kind = EventKind.Extension, Name = "odd"u8, Raw = "1"u8 });
        sink.Count(new Usage { Input = 10, Output = 5 });
        sink.Finish(StopKind.ToolCalls);
        sink.End();
    }
}
