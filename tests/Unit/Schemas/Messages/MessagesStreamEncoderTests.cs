using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Messages;

public class MessagesStreamEncoderTests
{
    [Theory]
    [InlineData("genai", false, "end_turn")]
    [InlineData("genai", true, "tool_use")]
    [InlineData("messages", true, "compaction")]
    public void OnFinish_WordOfTheUpstreamsOwn_PassesToClientsThatKnowIt(string upstream, bool hasTools, string expected)
    {
        var context = Wire.Context(dialect: upstream);
        var output = new ArrayBufferWriter<byte>();
        var sink = Wire.Dialect.CreateEncoder(context, output);
        sink.On(new ResponseEvent { Kind = EventKind.MessageStart });
        if (hasTools)
        {
            sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 0, Block = BlockKind.Tool, Id = "c"u8, Name = "f"u8 });
            sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 0 });
        }

        sink.On(new ResponseEvent { Kind = EventKind.Finish, Stop = new StopReason(StopKind.Other, JsonText.From("compaction")) });
        sink.On(new ResponseEvent { Kind = EventKind.End });

        Assert.Contains($"\"stop_reason\":\"{expected}\"", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
        Assert.Equal(upstream == "genai" ? 1 : 0, context.Losses.Count);
    }

    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void On_TextAndTool_WritesEveryRequiredMember()
    {
        var sink = Wire.Dialect.CreateEncoder(Wire.Context(), _output);
        sink.On(new ResponseEvent { Kind = EventKind.MessageStart, Id = "chatcmpl-1"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 0, Block = BlockKind.Text });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Text = "a\\n"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 0 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 1, Block = BlockKind.Tool, Name = "f"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 1, Text = "{\\\"a\\\":1}"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 1 });
        sink.On(new ResponseEvent { Kind = EventKind.Finish, Stop = new StopReason(StopKind.Stop) });
        sink.On(ResponseEvent.Of(new Usage { Input = 10, CacheRead = 4, CacheWrite1h = 1, Output = 7 }));
        sink.On(new ResponseEvent { Kind = EventKind.End });

        Assert.Equal(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"chatcmpl-1","type":"message","role":"assistant","model":"asked-model","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\n"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_X1_1","name":"f","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":5,"cache_creation_input_tokens":1,"cache_read_input_tokens":4,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":1},"output_tokens":7}}

            event: message_stop
            data: {"type":"message_stop"}


            """,
            Encoding.UTF8.GetString(_output.WrittenSpan));
    }

    [Fact]
    public void On_ForeignReasoning_IsTaggedWithItsIssuer()
    {
        var sink = Wire.Dialect.CreateEncoder(Wire.Context(dialect: "responses"), _output);
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 0, Block = BlockKind.Reasoning, Id = "rs_1"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Text = "one"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Delta = DeltaKind.SummaryBreak });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Delta = DeltaKind.Signature, Text = "AB"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Delta = DeltaKind.Signature, Text = "CD"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Delta = DeltaKind.Redacted, Text = "EF"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 0 });

        Assert.Equal(
            [
                """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
                """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"one"}}""",
                """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\n\n"}}""",
                """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"bfl1:s:openai:prov:responses:rs_1:AB"}}""",
                """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"CD"}}""",
                """{"type":"content_block_stop","index":0}""",
                """{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"bfl1:r:openai:prov:responses:rs_1:EF"}}""",
                """{"type":"content_block_stop","index":1}""",
            ],
            Wire.Data(_output));
    }

    [Fact]
    public void On_ReasoningOfTheOwnFamily_IsPlain()
    {
        var sink = Wire.Dialect.CreateEncoder(Wire.Context("claude", "converse"), _output);
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 0, Block = BlockKind.Reasoning });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Delta = DeltaKind.Redacted, Text = "EF"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 0 });

        Assert.Equal("""{"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":"EF"}}""", Wire.Data(_output)[0]);
    }

    [Fact]
    public void On_FreeFormTool_WrapsItsTextAsAnObject()
    {
        var sink = Wire.Dialect.CreateEncoder(Wire.Context(), _output);
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 0, Block = BlockKind.CustomTool, Id = "c"u8, Name = "apply_patch"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Text = "say \\\"hi\\\"\\n"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 0 });

        var json = string.Concat(Wire.Data(_output).Select(static d =>
        {
            using var document = System.Text.Json.JsonDocument.Parse(d);
            return document.RootElement.TryGetProperty("delta", out var delta) ? delta.GetProperty("partial_json").GetString() : "";
        }));
        using var input = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal("say \"hi\"\n", input.RootElement.GetProperty("input").GetString());
    }

    [Fact]
    public void On_RefusalMediaAndError_SayWhatTheyCan()
    {
        var context = Wire.Context();
        var sink = Wire.Dialect.CreateEncoder(context, _output);
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 0, Block = BlockKind.Media, Name = "image/png"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Text = "AAAA"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 0 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 1, Block = BlockKind.Refusal });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 1, Text = "no"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.Error, Error = new GatewayError(529, ErrorKind.Overloaded, "later") });

        Assert.Equal(
            [
                """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
                """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"no"}}""",
                """{"type":"error","error":{"type":"overloaded_error","message":"later"}}""",
            ],
            Wire.Data(_output));
        Assert.Equal(new Loss("content[0]", LossReason.Unsupported), Assert.Single(context.Losses.Kept));
    }

    [Fact]
    public void On_WebSearchOfAnotherDialect_IsShownAsAnthropicsOwn()
    {
        var sink = Wire.Dialect.CreateEncoder(Wire.Context(), _output);
        var outcome = new ServerToolOutcome { Hits = [new SearchHit(Wire.Text("https://e.org"), Wire.Text("T"))] };
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 0, Block = BlockKind.ServerTool, Id = "ws_1"u8, Name = "web_search"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Text = "{\\\"query\\\":\\\"q\\\"}"u8 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 0 });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 1, Block = BlockKind.ServerToolResult, Id = "ws_1"u8, Name = "web_search"u8, Outcome = outcome });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = 1 });

        var data = Wire.Data(_output);
        Assert.Equal("""{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"ws_1","name":"web_search","input":{}}}""", data[0]);
        Assert.Equal(
            """{"type":"content_block_start","index":1,"content_block":{"type":"web_search_tool_result","tool_use_id":"ws_1","content":[{"type":"web_search_result","title":"T","url":"https://e.org","encrypted_content":"","page_age":null}]}}""",
            data[3]);
    }

    [Fact]
    public void On_Citation_IsADeltaOfItsText()
    {
        var sink = Wire.Dialect.CreateEncoder(Wire.Context(), _output);
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 0, Block = BlockKind.Text });
        sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = 0, Citation = new Citation(CitationKind.Url) { Url = Wire.Text("https://e.org"), Title = Wire.Text("T") } });

        Assert.Equal(
            """{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","cited_text":"","url":"https://e.org","title":"T","encrypted_index":""}}}""",
            Wire.Data(_output)[1]);
    }

    [Fact]
    public void OnFrame_TranslatedTextDeltas_AllocateNothing()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var encoder = Wire.Dialect.CreateEncoder(Wire.Context(), output);
        var decoder = Wire.Dialect.CreateDecoder();
        var frame = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"some words"}}"""u8.ToArray();
        encoder.On(new ResponseEvent { Kind = EventKind.BlockStart, Block = BlockKind.Text });
        Run(10);

        Assert.Equal(0, Run(2000));

        long Run(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                decoder.OnFrame(new BifrostLite.Schemas.Wire.StreamFrame { Data = frame }, encoder);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
