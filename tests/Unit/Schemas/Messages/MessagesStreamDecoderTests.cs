namespace BifrostLite.Tests.Unit.Schemas.Messages;

public class MessagesStreamDecoderTests
{
    private const string Start = """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}""";

    [Fact]
    public void OnFrame_TextThinkingAndTools_TellsTheirLifecycle()
    {
        var log = Wire.Decode(
            Start,
            """{"type":"ping"}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm\n","estimated_tokens":3}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"ZGF0YQ=="}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}""",
            """{"delta":{"text":"a \ud83d\"","type":"text_delta"},"index":2,"type":"content_block_delta"}""",
            """{"type":"content_block_stop","index":2}""",
            """{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}""",
            """{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}""",
            """{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}""",
            """{"type":"content_block_stop","index":3}""",
            """{"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},"usage":{"output_tokens":9}}""",
            """{"type":"message_stop"}""");

        Assert.Equal(
            [
                "start msg_1 claude-x",
                "+0 Reasoning", "~0 Text hm\\n", "~0 Signature c2ln", "-0",
                "+1 Reasoning", "~1 Redacted ZGF0YQ==", "-1",
                "+2 Text", "~2 Text a \\ud83d\\\"", "-2",
                "+3 Tool toolu_1 f", "~3 Text {\\\"a\\\":1}", "-3",
                "Usage", "finish StopSequence END", "End",
            ],
            log.Lines);
        Assert.Equal(5, log.Usage.Input);
        Assert.Equal(9, log.Usage.Output);
    }

    [Fact]
    public void OnFrame_InputInTheStart_IsGivenOnceAtTheStop()
    {
        string[] frames =
        [
            """{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":"x\"y"}}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}""",
            """{"type":"content_block_stop","index":0}""",
        ];

        Assert.Equal(["+0 Tool t f", "~0 Text {\\\"a\\\":\\\"x\\\\\\\"y\\\"}", "-0"], Wire.Decode(frames[0], frames[2]).Lines);
        Assert.Equal(["+0 Tool t f", "~0 Text {}", "-0"], Wire.Decode(frames).Lines);
    }

    [Fact]
    public void OnFrame_WebSearch_GivesCallResultAndCitation()
    {
        var log = Wire.Decode(
            """{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"query\":\"q\"}"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","title":"T","url":"https://e.org","encrypted_content":"ENC","page_age":"May 1"}]}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"text","text":"","citations":[]}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","cited_text":"c","url":"https://e.org","title":"T","encrypted_index":"EI"}}}""");

        Assert.Equal(
            [
                "+0 ServerTool srvtoolu_1 web_search", "~0 Text {\\\"query\\\":\\\"q\\\"}", "-0",
                "+1 ServerToolResult srvtoolu_1 web_search", "-1", "+2 Text", "cite 2 Url",
            ],
            log.Lines);
        var hit = Assert.Single(log.Outcome!.Hits);
        Assert.Equal("https://e.org T ENC May 1", $"{hit.Url} {hit.Title} {hit.Encrypted} {hit.Date}");
        Assert.Equal("EI", log.Citation!.EncryptedIndex.ToString());
    }

    [Fact]
    public void OnFrame_BlockOfAnUnknownKind_IsOneExtension()
    {
        var log = Wire.Decode(
            """{"type":"content_block_start","index":0,"content_block":{"type":"compaction","content":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"compaction_delta","content":"short"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"x"}}""");

        Assert.Equal(["extension compaction", "+0 Text", "~0 Text x"], log.Lines);
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "error Overloaded Overloaded")]
    [InlineData("""{"type":"content_block_""", "error BadGateway a frame of the upstream's stream is not JSON")]
    [InlineData("""{"type":"message_start"}""", "error BadGateway the upstream's message_start holds no message")]
    public void OnFrame_Failure_IsAnErrorEvent(string frame, string expected) => Assert.Equal([expected], Wire.Decode(frame).Lines);

    [Fact]
    public void OnFrame_WordsOfTheirOwn_PassAsTheyAre()
    {
        var log = Wire.Decode(
            """{"type":"message_delta","delta":{"stop_reason":"tired"},"usage":{"output_tokens":1}}""", """{"type":"message_stop"}""", "[DONE]");

        Assert.Equal(["Usage", "finish Other tired", "End"], log.Lines);
    }

    [Fact]
    public void OnFrame_StopWithoutReason_StillFinishes() =>
        Assert.Equal(["finish Unknown", "End"], Wire.Decode("""{"type":"message_stop"}""").Lines);

    [Fact]
    public void ReadAnswer_WholeMessage_GivesTheSameEvents()
    {
        var log = Wire.ReadAnswer(
            """{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"thinking","thinking":"","signature":"s"},{"type":"text","text":"hi","citations":[{"type":"char_location","cited_text":"c","document_index":1,"document_title":null,"start_char_index":2,"end_char_index":3}]},{"type":"tool_use","id":"t","name":"f","input":{}}],"stop_reason":"pause_turn","stop_sequence":null,"usage":{"input_tokens":1,"cache_read_input_tokens":2,"output_tokens":3}}""");

        Assert.Equal(
            ["start msg_1 claude-x", "+0 Reasoning", "~0 Signature s", "-0", "+1 Text", "~1 Text hi", "cite 1 Characters", "-1", "+2 Tool t f", "~2 Text {}", "-2", "Usage", "finish Pause", "End"],
            log.Lines);
        Assert.Equal(3, log.Usage.Input);
        Assert.Equal(2, log.Citation!.Start);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1,2]")]
    [InlineData("{\"type\":\"message\"")]
    [InlineData("<html>")]
    public void ReadAnswer_NoMessage_IsOneError(string body) => Assert.StartsWith("error BadGateway", Assert.Single(Wire.ReadAnswer(body).Lines), StringComparison.Ordinal);

    /// <summary>The short way and the long way must agree; an unknown first member forces the long one.</summary>
    [Theory]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"plain é"}}""")]
    [InlineData("""{"type":"content_block_delta","index":12,"delta":{"type":"thinking_delta","thinking":"padded"}         }""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"esc\n"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\\" \u00e9 \/ \ud83d"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"bad \q"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"bad \u00g0"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"cut \""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"cut \u12""")]
    [InlineData("""{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"a\": \"b\\\"c\"}"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"more"},"extra":1}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"more","extra":1}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"cut"}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"cut""")]
    [InlineData("""{"type":"content_block_delta","index":00,"delta":{"type":"text_delta","text":"zeros"}}""")]
    [InlineData("""{"type":"content_block_delta","index":+1,"delta":{"type":"text_delta","text":"plus"}}""")]
    [InlineData("""{"type":"content_block_delta","index":1.5,"delta":{"type":"text_delta","text":"half"}}""")]
    [InlineData("""{"type":"content_block_delta","index":-1,"delta":{"type":"text_delta","text":"below"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}{}}""")]
    public void OnFrame_PlainDeltas_ReadTheSameEitherWay(string frame) =>
        Assert.Equal(Wire.Decode(frame.Replace("{\"type\":\"content", "{\"long\":0,\"type\":\"content", StringComparison.Ordinal)).Lines, Wire.Decode(frame).Lines);
}
