using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Responses;

public sealed class ResponsesStreamEncoderTests
{
    [Fact]
    public void On_Text_WritesTheWholeLifecycle()
    {
        var stream = ResponsesKit.Encode(ResponsesKit.Context(), static sink =>
        {
            sink.Start("msg_up");
            sink.Open(0, BlockKind.Text);
            sink.Add(0, "Gr\\u00fc");
            sink.Add(0, "n\\n");
            sink.Stop(0);
            sink.Count(new Usage { Input = 10, CacheRead = 4, Output = 3, Reasoning = 1 });
            sink.Finish();
            sink.End();
        });

        var frames = Frames(stream);
        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            frames.Select(f => f.Name));
        Assert.Equal(Enumerable.Range(0, 10), frames.Select(f => f.Data.GetProperty("sequence_number").GetInt32()));
        Assert.All(frames, f => Assert.Equal(f.Name, f.Data.GetProperty("type").GetString()));
        Assert.Contains(
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":4,\"item_id\":\"msg_x1_0\",\"output_index\":0,\"content_index\":0,\"delta\":\"Gr\\u00fc\",\"logprobs\":[]}\n\n",
            stream,
            StringComparison.Ordinal);
        Assert.Equal("Grün\n", frames[6].Data.GetProperty("text").GetString());
        var response = frames[9].Data.GetProperty("response");
        Assert.Equal("resp_x1", response.GetProperty("id").GetString());
        Assert.Equal("model", response.GetProperty("model").GetString());
        Assert.Equal(
            """[{"id":"msg_x1_0","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Gr\u00fcn\n"}]}]""",
            response.GetProperty("output").GetRawText());
        Assert.Equal(
            """{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cached_read_tokens":4},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":13}""",
            response.GetProperty("usage").GetRawText());
    }

    [Fact]
    public void On_ReasoningAndCalls_KeepOrderStateAndIds()
    {
        var frames = Frames(ResponsesKit.Encode(ResponsesKit.Context(), static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Reasoning);
            sink.Add(0, "Think");
            sink.Add(0, "c2ln", DeltaKind.Signature);
            sink.Stop(0);
            sink.Open(1, BlockKind.Reasoning);
            sink.Add(1, "aGlkZGVu", DeltaKind.Redacted);
            sink.Stop(1);
            sink.Open(2, BlockKind.Tool, "toolu_1", "f");
            sink.Add(2, "{\\\"a\\\":1}");
            sink.Stop(2);
            sink.Open(3, BlockKind.CustomTool, "toolu_2", "patch");
            sink.Add(3, "*** Begin");
            sink.Stop(3);
            sink.Open(4, BlockKind.Tool, "toolu_3", "g");
            sink.Stop(4);
            sink.Finish(StopKind.ToolCalls);
            sink.End();
        }));

        Assert.Equal(
            """
            [{"id":"rs_x1_0","type":"reasoning","summary":[{"type":"summary_text","text":"Think"}],"encrypted_content":"bfl1:s:claude:anthropic:messages::c2ln"},
            {"id":"rs_x1_1","type":"reasoning","summary":[],"encrypted_content":"bfl1:r:claude:anthropic:messages::aGlkZGVu"},
            {"id":"fc_x1_2","type":"function_call","status":"completed","arguments":"{\"a\":1}","call_id":"toolu_1","name":"f"},
            {"id":"ctc_x1_3","type":"custom_tool_call","status":"completed","input":"*** Begin","call_id":"toolu_2","name":"patch"},
            {"id":"fc_x1_4","type":"function_call","status":"completed","arguments":"{}","call_id":"toolu_3","name":"g"}]
            """.ReplaceLineEndings(""),
            frames[^1].Data.GetProperty("response").GetProperty("output").GetRawText());
        Assert.Equal("{}", frames.Last(f => f.Name == "response.function_call_arguments.delta").Data.GetProperty("delta").GetString());
        Assert.Equal("tool_calls", frames[^1].Data.GetProperty("response").GetProperty("stop_reason").GetString());
    }

    [Fact]
    public void On_NamespaceAndOwnState_ArePlain()
    {
        var frames = Frames(ResponsesKit.Encode(ResponsesKit.Context(dialect: "responses"), static sink =>
        {
            sink.Start("resp_up");
            sink.Open(0, BlockKind.Reasoning, "rs_up");
            sink.Add(0, "gAAA", DeltaKind.Signature);
            sink.Stop(0);
            sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = 1, Block = BlockKind.Tool, Id = "c"u8, Name = "f"u8, Namespace = "ns"u8 });
            sink.Stop(1);
            sink.Finish();
            sink.End();
        }));

        var response = frames[^1].Data.GetProperty("response");
        Assert.Equal("resp_up", response.GetProperty("id").GetString());
        Assert.StartsWith("""[{"id":"rs_up","type":"reasoning","summary":[],"encrypted_content":"gAAA"},""", response.GetProperty("output").GetRawText(), StringComparison.Ordinal);
        Assert.Equal("ns", response.GetProperty("output")[1].GetProperty("namespace").GetString());
    }

    [Fact]
    public void On_TextsAndSummaries_MakeOnePartOrSeveral()
    {
        var frames = Frames(ResponsesKit.Encode(ResponsesKit.Context(), static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Reasoning);
            sink.Add(0, "One");
            sink.Add(0, "", DeltaKind.SummaryBreak);
            sink.Add(0, "Two");
            sink.Stop(0);
            sink.Open(1, BlockKind.Text);
            sink.Stop(1);
            sink.Open(2, BlockKind.Text);
            sink.Add(2, "It rains. ");
            sink.Stop(2);
            sink.Open(3, BlockKind.Text);
            sink.Add(3, "Grün \\ud83d\\ude00.");
            sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = 3, Citation = new Citation(CitationKind.Url) { Url = JsonText.From("http://a"), Title = JsonText.From("A") } });
            sink.Stop(3);
            sink.Open(4, BlockKind.Refusal);
            sink.Add(4, "No");
            sink.Stop(4);
            sink.Finish();
            sink.End();
        }));

        var output = frames[^1].Data.GetProperty("response").GetProperty("output");
        Assert.Equal("""[{"type":"summary_text","text":"One"},{"type":"summary_text","text":"Two"}]""", output[0].GetProperty("summary").GetRawText());
        Assert.Equal(
            """[{"type":"output_text","annotations":[{"type":"url_citation","start_index":10,"end_index":17,"url":"http://a","title":"A"}],"logprobs":[],"text":"It rains. Grün \ud83d\ude00."},{"type":"refusal","refusal":"No"}]""",
            output[1].GetProperty("content").GetRawText());
        Assert.Equal(2, output.GetArrayLength());
    }

    [Theory]
    [InlineData(StopKind.Length, "incomplete", "max_output_tokens")]
    [InlineData(StopKind.ContextWindow, "incomplete", "max_output_tokens")]
    [InlineData(StopKind.ContentFilter, "incomplete", "content_filter")]
    [InlineData(StopKind.Refusal, "incomplete", "content_filter")]
    [InlineData(StopKind.StopSequence, "completed", null)]
    internal void On_Finish_SaysHowItEnded(StopKind stop, string status, string? reason)
    {
        var frames = Frames(ResponsesKit.Encode(ResponsesKit.Context(), sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Text);
            sink.Add(0, "Hi");
            sink.Finish(stop);
            sink.End();
        }));

        var response = frames[^1].Data.GetProperty("response");
        Assert.Equal("response." + status, frames[^1].Name);
        Assert.Equal(status, response.GetProperty("status").GetString());
        Assert.Equal(status, response.GetProperty("output")[0].GetProperty("status").GetString());
        var details = response.GetProperty("incomplete_details");
        Assert.Equal(reason, details.ValueKind == JsonValueKind.Null ? null : details.GetProperty("reason").GetString());
    }

    [Fact]
    public void On_ErrorInMidStream_FailsTheResponse()
    {
        var frames = Frames(ResponsesKit.Encode(ResponsesKit.Context(), static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Text);
            sink.Add(0, "Hi");
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = new GatewayError(429, ErrorKind.RateLimit, "slow \"down\"") });
        }));

        Assert.Equal("response.failed", frames[^1].Name);
        var response = frames[^1].Data.GetProperty("response");
        Assert.Equal("""{"code":"rate_limit_exceeded","message":"slow \"down\""}""", response.GetProperty("error").GetRawText());
        Assert.Equal(JsonValueKind.Null, response.GetProperty("usage").ValueKind);
    }

    [Fact]
    public void On_ErrorBeforeTheStart_IsAnErrorEvent()
    {
        var stream = ResponsesKit.Encode(ResponsesKit.Context(), static sink =>
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = GatewayError.Upstream("gone") }));

        Assert.Equal("event: error\ndata: {\"type\":\"error\",\"sequence_number\":0,\"code\":\"server_error\",\"message\":\"gone\",\"param\":null}\n\n", stream);
    }

    [Fact]
    public void On_ServerTools_BecomeItemsOfTheirKind()
    {
        var frames = Frames(ResponsesKit.Encode(ResponsesKit.Context(), static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.ServerTool, "srv_1", "web_search");
            sink.Add(0, "{\\\"query\\\":\\\"rain \\\\\\\"now\\\\\\\"\\\"}");
            sink.Stop(0);
            sink.On(new ResponseEvent
            {
                Kind = EventKind.BlockStart,
                Index = 1,
                Block = BlockKind.ServerToolResult,
                Id = "srv_1"u8,
                Outcome = new ServerToolOutcome { Hits = [new SearchHit(JsonText.From("http://a"), JsonText.From("A"))] },
            });
            sink.Stop(1);
            sink.Open(2, BlockKind.Media, "", "image/png");
            sink.Add(2, "iVBO");
            sink.Stop(2);
            sink.Finish();
            sink.End();
        }));

        var output = frames[^1].Data.GetProperty("response").GetProperty("output");
        Assert.Equal(
            """{"id":"ws_x1_0","type":"web_search_call","status":"completed","action":{"type":"search","query":"rain \"now\"","sources":[{"type":"url","url":"http://a"}]}}""",
            output[0].GetRawText());
        Assert.Equal("""{"id":"ig_x1_1","type":"image_generation_call","status":"completed","output_format":"png","result":"iVBO"}""", output[1].GetRawText());
        Assert.Contains("response.web_search_call.completed", frames.Select(f => f.Name));
    }

    [Fact]
    public void On_StateOfACall_FollowsItAndFindsItsWayBack()
    {
        var frames = Frames(ResponsesKit.Encode(ResponsesKit.Context(), static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Tool, "call_g", "f");
            sink.Add(0, "sIg=", DeltaKind.Signature);
            sink.Add(0, "{}");
            sink.Stop(0);
            sink.Finish();
            sink.End();
        }));

        var output = frames[^1].Data.GetProperty("response").GetProperty("output").GetRawText();
        var request = ResponsesKit.Read($$"""{"model":"m","input":{{output}}}""");
        var call = Assert.IsType<ToolCallPart>(Assert.Single(Assert.Single(request.Turns).Parts));
        Assert.Equal("sIg=", call.State!.Data.ToString());
    }

    [Fact]
    public void Write_WholeAnswer_EchoesTheRequestAndFillsDefaults()
    {
        const string Request =
            """{"model":"m","input":"secret text","tools":[{"type":"function","name":"f"}],"reasoning":{"effort":"low"},"text":{"verbosity":"high"},"metadata":{"k":"v"},"store":false,"instructions":"Be","conversation":"conv_1","temperature":null}""";
        var body = ResponsesKit.Whole(ResponsesKit.Context(Request), static sink =>
        {
            sink.Start("chatcmpl-1");
            sink.Open(0, BlockKind.Text);
            sink.Add(0, "Hi");
            sink.Stop(0);
            sink.Count(new Usage { Input = 1, Output = 2, Cost = 0.25m });
            sink.Finish();
            sink.End();
        });

        Assert.Equal(
            """
            {"id":"resp_x1","object":"response","created_at":1700000000,"status":"completed","completed_at":1700000005,"error":null,"incomplete_details":null,"stop_reason":"stop","model":"model",
            "output":[{"id":"msg_x1_0","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hi"}]}],
            "background":false,"conversation":{"id":"conv_1"},"instructions":"Be","max_output_tokens":null,"max_tool_calls":null,"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,
            "reasoning":{"effort":"low","summary":null},"safety_identifier":null,"service_tier":"auto","store":false,"temperature":1,"text":{"verbosity":"high","format":{"type":"text"}},"tool_choice":"auto",
            "tools":[{"type":"function","name":"f"}],"top_logprobs":0,"top_p":1,"truncation":"disabled","frequency_penalty":0,"presence_penalty":0,"user":null,"metadata":{"k":"v"},
            "usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":3,"cost":{"total_cost":0.25}}}
            """.ReplaceLineEndings(""),
            body);
    }

    [Fact]
    public void On_TextDelta_AllocatesNextToNothing()
    {
        const int Deltas = 20_000;
        var output = new ArrayBufferWriter<byte>(8 * 1024 * 1024);
        EncodeDeltas(output, Deltas); // the pool's arrays for so much text are allocated once
        output.ResetWrittenCount();
        var before = GC.GetAllocatedBytesForCurrentThread();

        EncodeDeltas(output, Deltas);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Deltas, 0, 1);
    }

    private static void EncodeDeltas(ArrayBufferWriter<byte> output, int deltas)
    {
        var context = ResponsesKit.Context();
        using var encoder = new ResponsesStreamEncoder(context, output);
        var guard = new StreamGuard(encoder, BifrostLite.Schemas.StreamRules.Sequential, context.Losses);
        guard.Start();
        guard.Open(0, BlockKind.Text);
        var text = "some words "u8.ToArray();
        for (var i = 0; i < deltas; i++)
        {
            Add(guard, text);
        }
    }

    private static void Add(StreamGuard guard, byte[] text) =>
        guard.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = 0, Text = text });

    private static List<(string Name, JsonElement Data)> Frames(string stream)
    {
        var frames = new List<(string, JsonElement)>();
        foreach (var frame in stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n');
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            frames.Add((lines[0]["event: ".Length..], JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement));
        }

        return frames;
    }
}
