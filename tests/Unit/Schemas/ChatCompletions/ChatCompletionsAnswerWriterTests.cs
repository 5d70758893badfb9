using BifrostLite.Schemas.Hub;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.ChatCompletions;

public class ChatCompletionsAnswerWriterTests
{
    [Fact]
    public void WriteAnswer_EverythingAnAssistantSays_IsOneMessage()
    {
        var answer = ChatWire.WriteAnswer(static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Reasoning, "rs_1");
            sink.Add(0, "one");
            sink.Add(0, "", DeltaKind.SummaryBreak);
            sink.Add(0, "two");
            sink.Add(0, "c2ln", DeltaKind.Signature);
            sink.Stop(0);
            sink.Open(1, BlockKind.Text);
            sink.Add(1, "a");
            sink.Stop(1);
            sink.Open(2, BlockKind.Tool, "t1", "f");
            sink.Stop(2);
            sink.Finish(StopKind.ToolCalls);
            sink.Count(new Usage { Input = 3, Output = 2, Cost = 0.5m });
            sink.End();
        });

        Assert.Equal(
            """
            {"id":"m","object":"chat.completion","created":1,"model":"model","choices":[{"index":0,"message":{"role":"assistant","content":"a","refusal":null,"reasoning":"one\n\ntwo","reasoning_details":[{"type":"reasoning.text","text":"one\n\ntwo","signature":"bfl1:s:claude:prov:messages:rs_1:c2ln","index":0}],"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"cost":{"total_cost":0.5}}}
            """,
            answer);
    }

    [Fact]
    public void ReadAnswer_OfWhatWasWritten_IsTheSameAnswer()
    {
        static void Play(IResponseSink sink)
        {
            sink.Start();
            sink.Open(0, BlockKind.Reasoning);
            sink.Add(0, "hm");
            sink.Add(0, "c2ln", DeltaKind.Signature);
            sink.Stop(0);
            sink.Open(1, BlockKind.Reasoning);
            sink.Add(1, "ZGF0YQ==", DeltaKind.Redacted);
            sink.Stop(1);
            sink.Open(2, BlockKind.Text);
            sink.Add(2, "a");
            sink.On(new ResponseEvent { Kind = EventKind.Logprobs, Index = 2, Raw = """[{"token":"a"}]"""u8 });
            sink.Stop(2);
            sink.Open(3, BlockKind.Media, "", "image/png");
            sink.Add(3, "iVBORw==");
            sink.Stop(3);
            sink.Open(4, BlockKind.Tool, "t1", "f");
            sink.Add(4, "{}");
            sink.Stop(4);
            sink.Finish(StopKind.ToolCalls);
            sink.Count(new Usage { Input = 3, Output = 2 });
            sink.End();
        }

        var read = ChatWire.ReadAnswer(ChatWire.WriteAnswer(Play, ChatWire.Context("openai", "chat")));

        Assert.Equal(
            [
                "start m model in=3", "+0 Reasoning", "0 hm", "0 Signature c2ln", "-0", "+1 Reasoning", "1 Redacted ZGF0YQ==", "-1",
                "+2 Text", "2 a", "-2", "+3 Media  image/png", "3 iVBORw==", "-3", "+4 Tool t1 f", "4 {}", "-4",
                "usage in=3 out=2", "finish ToolCalls", "end",
            ],
            read.Lines.Where(static l => !l.Contains("logprobs", StringComparison.Ordinal)));
    }
}
