namespace BifrostLite.Tests.Unit.Schemas.Responses;

public sealed class ResponsesStreamDecoderTests
{
    private const string Created = """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":"gpt-x","created_at":17.0,"output":[]}}""";

    private const string Completed =
        """{"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":3,"output_tokens":5}}}""";

    [Fact]
    public void OnFrame_TextWithDeltas_TellsItOnce()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]}}""",
            """{"type":"response.content_part.added","output_index":0,"content_index":0,"part":{"type":"output_text","text":""}}""",
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Gr\u00fc\n","logprobs":[]}""",
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"n"}""",
            """{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Gr\u00fc\nn"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"id":"msg_1","type":"message","content":[{"type":"output_text","text":"Gr\u00fc\nn","annotations":[]}]}}""",
            Completed);

        Assert.Equal("start resp_1 gpt-x in=\n+0 Text\n0 Gr\\u00fc\\n\n0 n\n-0\nusage in=3 out=5\nfinish Stop\nend", trace);
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hi"}""")]
    [InlineData("""{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Hi"}]}}""")]
    public void OnFrame_TextWithoutDeltas_IsTakenFromTheDoneEvent(string done)
    {
        Assert.Contains("+0 Text\n0 Hi\n", ResponsesKit.Decode(Created, done, Completed), StringComparison.Ordinal);
    }

    [Fact]
    public void OnFrame_OnlyTheLastEvent_TellsItsOutput()
    {
        var trace = ResponsesKit.Decode(
            """{"type":"response.completed","response":{"id":"r","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]}}""");

        Assert.Equal("start r  in=\n+0 Text\n0 Hi\n-0\nfinish Stop\nend", trace);
    }

    [Fact]
    public void OnFrame_PartsCountedOverTheWholeAnswer_AreNotToldTwice()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.content_part.added","output_index":1,"content_index":1,"part":{"type":"output_text"}}""",
            """{"type":"response.output_text.delta","output_index":1,"content_index":1,"delta":"Hi"}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"Hi"}]}}""",
            Completed);

        Assert.Contains("+0 Text\n0 Hi\n-0\nusage", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void OnFrame_ReasoningSummaries_BreakBetweenPartsAndEndWithTheirState()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"One"}""",
            """{"type":"response.reasoning_summary_text.done","output_index":0,"summary_index":0,"text":"One"}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"Two"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"id":"rs_1","type":"reasoning","encrypted_content":"gAAA=","summary":[{"type":"summary_text","text":"One"},{"type":"summary_text","text":"Two"}]}}""",
            Completed);

        Assert.Contains("+0 Reasoning rs_1\n0 One\n0 SummaryBreak\n0 Two\n0 Signature gAAA=\n-0\n", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void OnFrame_ReasoningTextAndSummary_TellsTheFirst()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"raw"}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"short"}""",
            Completed);

        Assert.Contains("+0 Reasoning\n0 raw\nusage", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void OnFrame_CallsSideBySide_KeepTheirIndexesAndIds()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"fc_1","type":"function_call","call_id":"call_a","name":"f","namespace":"n","arguments":""}}""",
            """{"type":"response.output_item.added","output_index":1,"item":{"id":"ct_1","type":"custom_tool_call","call_id":"call_b","name":"patch","input":""}}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"a\":"}""",
            """{"type":"response.custom_tool_call_input.delta","output_index":1,"delta":"*** Begin"}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"1}"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"call_a","name":"f","arguments":"{\"a\":1}"}}""",
            Completed);

        Assert.Contains(
            "+0 Tool call_a n/f\n+1 CustomTool call_b patch\n0 {\\\"a\\\":\n1 *** Begin\n0 1}\n-0\nusage in=3 out=5\nfinish ToolCalls\nend",
            trace,
            StringComparison.Ordinal);
    }

    [Fact]
    public void OnFrame_StepOfXaisSearch_IsNoCallForTheCaller()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"ctc_1","type":"custom_tool_call","call_id":"xs_call_7","name":"x_keyword_search","input":"","status":"in_progress"}}""",
            """{"type":"response.custom_tool_call_input.delta","output_index":0,"delta":"{\"query\":\"AI\"}"}""",
            """{"type":"response.custom_tool_call_input.done","output_index":0,"input":"{\"query\":\"AI\"}"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"id":"ctc_1","type":"custom_tool_call","call_id":"xs_call_7","name":"x_keyword_search","input":"{\"query\":\"AI\"}","status":"completed"}}""",
            Completed);

        Assert.DoesNotContain("CustomTool", trace, StringComparison.Ordinal);
        Assert.Contains("finish Stop", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void OnFrame_CallWithoutDeltas_TellsItsArgumentsOnce()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}}""",
            """{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{}"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}}""",
            Completed);

        Assert.Contains("+0 Tool c f\n0 {}\n-0\nusage", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void OnFrame_Annotations_AreToldOnceEach()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi"}""",
            """{"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":{"type":"url_citation","url":"http://a"}}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Hi","annotations":[{"type":"url_citation","url":"http://a"},{"type":"url_citation","url":"http://b"}]}]}}""",
            Completed);

        Assert.Contains("0 Hi\n0 cites http://a\n0 cites http://b\n-0\n", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void OnFrame_BuiltInTools_AreCallAndResultOrExtension()
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.web_search_call.searching","output_index":0,"item_id":"ws_1"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"id":"ws_1","type":"web_search_call","action":{"type":"search","query":"rain"}}}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"id":"ig","type":"image_generation_call","output_format":"webp","result":"UklG"}}""",
            """{"type":"response.output_item.done","output_index":2,"item":{"type":"brand_new_call"}}""",
            Completed);

        Assert.Contains(
            """
            +0 ServerTool ws_1 web_search
            0 {\"query\":\"rain\"}
            -0
            +1 ServerToolResult ws_1 web_search
            -1
            +2 Media ig image/webp
            2 UklG
            -2
            extension brand_new_call {"type":"brand_new_call"}
            """,
            trace,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_output_tokens", "Length")]
    [InlineData("content_filter", "ContentFilter")]
    [InlineData("solar_flare", "Other")]
    public void OnFrame_Incomplete_TellsWhy(string reason, string stop)
    {
        var trace = ResponsesKit.Decode(
            Created,
            """{"type":"response.incomplete","response":{"status":"incomplete","output":[],"incomplete_details":{"reason":"WHY"}}}""".Replace("WHY", reason, StringComparison.Ordinal));

        Assert.EndsWith($"finish {stop}\nend", trace, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"error","code":"server_error","message":"fell over","param":null}""")]
    [InlineData("""{"type":"error","error":{"code":"x","message":"fell over"}}""")]
    [InlineData("""{"error":{"message":"fell over"}}""")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"fell over"}}}""")]
    public void OnFrame_Failure_IsTheLastEvent(string failure)
    {
        Assert.Equal("start resp_1 gpt-x in=\nerror fell over", ResponsesKit.Decode(Created, failure, Completed));
    }

    [Fact]
    public void OnFrame_Junk_IsAnError()
    {
        Assert.StartsWith("error the upstream sent", ResponsesKit.Decode("{\"type\":\"respo"), StringComparison.Ordinal);
    }

    [Fact]
    public void OnUpstreamEnd_WithoutTerminalEvent_InventsNoEnd()
    {
        Assert.Equal("start resp_1 gpt-x in=", ResponsesKit.Decode(Created, "[DONE]"));
    }

    [Fact]
    public void ReadAnswer_WholeObject_IsTheSameEvents()
    {
        var trace = ResponsesKit.ReadAnswer(
            """
            {"id":"resp_2","object":"response","model":"m","created_at":5,"status":"completed","error":null,"output":[
             {"id":"rs_9","type":"reasoning","summary":[{"type":"summary_text","text":"Hm"}],"encrypted_content":"E"},
             {"type":"message","content":[{"type":"refusal","refusal":"No"}]}],
             "usage":{"input_tokens":1,"output_tokens":2}}
            """);

        Assert.Equal(
            "start resp_2 m in=\n+0 Reasoning rs_9\n0 Hm\n0 Signature E\n-0\n+1 Refusal\n1 No\n-1\nusage in=1 out=2\nfinish Refusal\nend",
            trace);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1,2]")]
    [InlineData("<html>")]
    [InlineData("""{"id": "x", "output": [""")]
    [InlineData("""{"object":"list"}""")]
    public void ReadAnswer_NoResponse_IsAnError(string body)
    {
        Assert.StartsWith("error ", ResponsesKit.ReadAnswer(body), StringComparison.Ordinal);
    }
}
