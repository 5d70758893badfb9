using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.ChatCompletions;

public class ChatCompletionsStreamEncoderTests
{
    [Fact]
    public void On_EverythingAnAssistantSays_WritesLegalChunks()
    {
        var stream = ChatWire.Encode(static sink =>
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
            sink.Add(2, "a\\n");
            sink.Stop(2);
            sink.Open(3, BlockKind.Tool, "t1", "f");
            sink.Add(3, "{}");
            sink.Open(4, BlockKind.CustomTool, "", "sh");
            sink.Add(4, "ls");
            sink.Stop(3);
            sink.Stop(4);
            sink.Finish();
            sink.Count(new Usage { Input = 3, CacheRead = 1, Output = 2 });
            sink.End();
        });

        Assert.Equal(
            """
            {"index":0,"delta":{"role":"assistant","content":""}
            {"index":0,"delta":{"reasoning":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm","index":0}]}
            {"index":0,"delta":{"reasoning_details":[{"type":"reasoning.text","signature":"bfl1:s:claude:prov:messages::c2ln","index":0}]}
            {"index":0,"delta":{"reasoning_details":[{"type":"reasoning.encrypted","data":"bfl1:r:claude:prov:messages::ZGF0YQ==","index":1}]}
            {"index":0,"delta":{"content":"a\n"}
            {"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":""}}]}
            {"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}
            {"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_X101","type":"custom","custom":{"name":"sh","input":""}}]}
            {"index":0,"delta":{"tool_calls":[{"index":1,"custom":{"input":"ls"}}]}
            {"index":0,"delta":{},"finish_reason":"tool_calls"}]}
            ],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":1,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}
            data: [DONE]
            """,
            stream);
    }

    [Fact]
    public void On_SignatureOfACall_StandsBesideAFunction()
    {
        var stream = ChatWire.Encode(static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Tool, "t1", "f");
            sink.Add(0, "c2ln", DeltaKind.Signature);
            sink.Add(0, "{}");
            sink.Stop(0);
            sink.Finish();
            sink.End();
        });

        Assert.Contains("""{"tool_calls":[{"index":0,"function":{},"extra_content":{"google":{"thought_signature":""", stream);
    }

    [Fact]
    public void On_UsageNotAskedFor_WritesNone()
    {
        var stream = ChatWire.Encode(
            static sink =>
            {
                sink.Start();
                sink.Open(0, BlockKind.Text);
                sink.Add(0, "x");
                sink.Stop(0);
                sink.Count(new Usage { Input = 1 });
                sink.Finish(StopKind.ContextWindow);
                sink.End();
            },
            ChatWire.Context(includeUsage: false));

        Assert.DoesNotContain("usage", stream, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"length\"", stream, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void OnFinish_WordOfTheUpstreamsOwn_StandsBesideOneThatClientsKnow()
    {
        var stream = ChatWire.Encode(static sink =>
        {
            sink.Start();
            sink.On(new ResponseEvent { Kind = EventKind.Finish, Stop = new StopReason(StopKind.Other, JsonText.From("MALFORMED_FUNCTION_CALL")) });
            sink.End();
        });

        Assert.Contains("\"finish_reason\":\"stop\",\"native_finish_reason\":\"MALFORMED_FUNCTION_CALL\"", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void On_Error_EndsWithoutDone()
    {
        var stream = ChatWire.Encode(static sink =>
        {
            sink.Start();
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = new GatewayError(503, ErrorKind.Unavailable, "gone \"away\"") { Provider = "p" } });
        });

        Assert.EndsWith(
            """data: {"error":{"message":"gone \"away\"","type":"service_unavailable_error","param":null,"code":null},"type":"service_unavailable_error","is_bifrost_error":false,"status_code":503,"extra_fields":{"provider":"p"}}""",
            stream,
            StringComparison.Ordinal);
    }

    [Fact]
    public void On_SecondChoiceAndCitation_HasRoleAndPlace()
    {
        var stream = ChatWire.Encode(static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Text, choice: 1);
            sink.Add(0, "é\\u00e9\\ud83d\\ude00", choice: 1);
            sink.On(new ResponseEvent
            {
                Kind = EventKind.Annotation,
                Index = 0,
                Choice = 1,
                Citation = new Citation(CitationKind.Url) { Url = JsonText.From("https://a"), Title = JsonText.From("A") },
            });
        });

        Assert.Contains("{\"index\":1,\"delta\":{\"role\":\"assistant\"", stream, StringComparison.Ordinal);
        Assert.Contains(
            """{"url":"https://a","title":"A","start_index":0,"end_index":3}""", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void On_SearchOfTheProvider_TellsThePagesFound()
    {
        static void Play(IResponseSink sink)
        {
            sink.Start();
            sink.Open(0, BlockKind.ServerTool, "s1", "web_search");
            sink.Stop(0);
            sink.On(new ResponseEvent
            {
                Kind = EventKind.BlockStart,
                Index = 1,
                Block = BlockKind.ServerToolResult,
                Id = "s1"u8,
                Outcome = new ServerToolOutcome { Hits = [new SearchHit(JsonText.From("https://a"), JsonText.From("A")) { Snippet = JsonText.From("s") }] },
            });
            sink.Stop(1);
            sink.Open(2, BlockKind.Text);
            sink.Add(2, "x");
            sink.Stop(2);
            sink.Finish(StopKind.ToolCalls);
            sink.End();
        }

        const string Pages = "\"search_results\":[{\"title\":\"A\",\"url\":\"https://a\",\"snippet\":\"s\"}]";
        Assert.Contains("\"finish_reason\":\"stop\"}]," + Pages, ChatWire.Encode(Play), StringComparison.Ordinal);
        Assert.Contains(Pages, ChatWire.WriteAnswer(Play), StringComparison.Ordinal);
    }

    [Fact]
    public void On_TextDeltas_DoNotAllocate()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var encoder = ChatWire.Dialect.CreateEncoder(ChatWire.Context(), output);
        encoder.Start();
        encoder.Open(0, BlockKind.Text);
        Feed(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Feed(int times)
        {
            for (var i = 0; i < times; i++)
            {
                encoder.On(new ResponseEvent { Kind = EventKind.BlockDelta, Text = " word é"u8 });
            }
        }
    }
}
