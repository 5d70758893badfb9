using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.ChatCompletions;

public class ChatCompletionsStreamDecoderTests
{
    private const string Done = "[DONE]";

    [Fact]
    public void OnFrame_ReasoningTextAndUsage_TellsTheirLifecycle()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"role":"assistant","content":""}"""),
            ChatWire.Chunk("""{"reasoning_content":"hm\n"}"""),
            ChatWire.Chunk("""{"content":"a \ud83d\""}"""),
            ChatWire.Chunk("""{"content":"b"}"""),
            ChatWire.Chunk("{}", "\"stop\""),
            """{"id":"chatcmpl-7","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}""",
            Done);

        Assert.Equal(
            ["start chatcmpl-7 m-1 in=", "+0 Reasoning", "0 hm\\n", "-0", "+1 Text", "1 a \\ud83d\\\"", "1 b", "-1", "usage in=9 out=4", "finish Stop", "end"],
            sink.Lines);
    }

    [Fact]
    public void OnFrame_MessageThatRepeatsAllTextBesideEachDelta_IsNotTakenAgain()
    {
        // Perplexity
        var sink = ChatWire.Decode(
            """{"id":"i","model":"m","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"The "},"message":{"role":"assistant","content":"The "}}]}""",
            """{"id":"i","model":"m","object":"chat.completion.chunk","choices":[{"index":0,"message":{"role":"assistant","content":"The largest"},"delta":{"content":"largest"}}]}""",
            """{"id":"i","model":"m","object":"chat.completion.done","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop","message":{"role":"assistant","content":"The largest"}}]}""",
            Done);

        Assert.Equal(["+0 Text", "0 The", "0 largest", "-0", "finish Stop", "end"], sink.Lines[1..]);
    }

    [Fact]
    public void ReadAnswer_EmptyDeltaBesideTheMessage_IsTheMessage()
    {
        var sink = ChatWire.ReadAnswer(
            """{"id":"i","model":"m","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"all"},"delta":{"role":"assistant","content":""},"finish_reason":"stop"}]}""");

        Assert.Equal(["+0 Text", "0 all", "-0", "finish Stop", "end"], sink.Lines[1..]);
    }

    [Fact]
    public void ReadAnswer_ObjectForContent_IsItsText()
    {
        var sink = ChatWire.ReadAnswer(
            """{"id":"i","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":{"title":"Apples"}},"finish_reason":"stop"}]}""");

        Assert.Equal(["+0 Text", """0 {\"title\":\"Apples\"}""", "-0", "finish Stop", "end"], sink.Lines[1..]);
    }

    [Theory]
    [InlineData("""{"reasoning_content":"hm"}""", new[] { "+0 Reasoning", "0 hm", "-0", "+1 Text", "1 \\n\\t", "1 x", "-1" })]
    [InlineData("""{"content":"y"}""", new[] { "+0 Text", "0 \\n\\t", "0 y", "0 x", "-0" })]
    [InlineData("""{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]}""", new[] { "+0 Text", "0 \\n\\t", "-0", "+1 Tool c f", "1 {}", "+2 Text", "2 x", "-2", "-1" })]
    public void OnFrame_BlanksBeforeAnythingElse_BelongToTheTextBehind(string next, string[] expected)
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"role":"assistant","content":"\n"}"""), ChatWire.Chunk("""{"content":"\t"}"""), ChatWire.Chunk(next), ChatWire.Chunk("""{"content":"x"}"""), Done);

        Assert.Equal(expected, sink.Lines[1..^2]);
    }

    [Fact]
    public void OnFrame_NothingButBlanks_IsTold()
    {
        var sink = ChatWire.Decode(ChatWire.Chunk("""{"content":"\n"}""", "\"stop\""), Done);

        Assert.Equal(["+0 Text", "0 \\n", "-0", "finish Stop", "end"], sink.Lines[1..]);
    }

    [Fact]
    public void OnFrame_FinishInTheSingular_IsToolCalls()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]}""", "\"tool_call\""), Done);

        Assert.Contains("finish ToolCalls", sink.Lines);
    }

    [Fact]
    public void OnFrame_ParallelCallsInPieces_AreToldApartByIndex()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}"""),
            ChatWire.Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}"""),
            ChatWire.Chunk("""{"tool_calls":[{"index":1,"id":"c2","function":{"name":"g","arguments":"{}"}},{"index":0,"id":"c1","function":{"arguments":"1}"}}]}"""),
            ChatWire.Chunk("{}", "\"tool_calls\""),
            Done);

        Assert.Equal(
            ["start chatcmpl-7 m-1 in=", "+0 Tool c1 f", "0 {\\\"a\\\":", "+1 Tool c2 g", "1 {}", "0 1}", "-0", "-1", "finish ToolCalls", "end"],
            sink.Lines);
    }

    [Fact]
    public void OnFrame_WholeCallsWithoutIndexOrId_AreCallsOfTheirOwn()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"tool_calls":[{"function":{"name":"f","arguments":{"a":"x\"y"}}},{"function":{"name":"f","arguments":"{}"}}]}"""),
            ChatWire.Chunk("{}", "\"stop\""));

        Assert.Equal(
            ["start chatcmpl-7 m-1 in=", "+0 Tool call_chatcmpl700 f", "0 {\\\"a\\\":\\\"x\\\\\\\"y\\\"}", "+1 Tool call_chatcmpl701 f", "1 {}", "-0", "-1", "finish Stop", "end"],
            sink.Lines);
    }

    [Fact]
    public void OnFrame_IndexUsedAgainWithAnotherId_IsAnotherCall()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{}"}}]}""", "\"tool_calls\""),
            ChatWire.Chunk("""{"tool_calls":[{"index":0,"id":"c2","function":{"name":"f","arguments":"{}"}}]}""", "\"tool_calls\""),
            Done);

        Assert.Equal(["+0 Tool c1 f", "0 {}", "+1 Tool c2 f", "1 {}", "-0", "-1", "finish ToolCalls", "end"], sink.Lines[1..]);
    }

    [Fact]
    public void OnFrame_EmptyTwinOfAnotherCallShape_IsIgnored()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"function_call":{"name":"","arguments":""},"tool_calls":[{"id":"c1","type":"function","custom":{"name":"","input":""},"function":{"name":"f","arguments":"{}"}}]}""", "\"stop\""));

        Assert.Equal(["+0 Tool c1 f", "0 {}", "-0", "finish Stop", "end"], sink.Lines[1..]);
    }

    [Fact]
    public void OnFrame_CustomCallAndLegacyCall_AreBlocksOfTheirKind()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"tool_calls":[{"index":0,"id":"c1","type":"custom","custom":{"name":"sh","input":""}}]}"""),
            ChatWire.Chunk("""{"tool_calls":[{"index":0,"custom":{"input":"ls"}}]}"""),
            ChatWire.Chunk("""{"function_call":{"name":"old","arguments":"{"}}"""),
            ChatWire.Chunk("""{"function_call":{"arguments":"}"}}""", "\"function_call\""));

        Assert.Equal(
            ["+0 CustomTool c1 sh", "0 ls", "+1 Tool call_chatcmpl701 old", "1 {", "1 }", "-0", "-1", "finish ToolCalls", "end"],
            sink.Lines[1..]);
    }

    [Fact]
    public void OnFrame_ReasoningDetails_CarryTextOnceAndState()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","index":0,"id":"r1"}]}"""),
            ChatWire.Chunk("""{"reasoning_details":[{"type":"reasoning.text","signature":"c2ln","index":0}]}"""),
            ChatWire.Chunk("""{"reasoning_details":[{"type":"reasoning.encrypted","data":"ZGF0YQ==","index":1}]}"""),
            ChatWire.Chunk("""{"content":"x"}""", "\"stop\""));

        Assert.Equal(
            ["+0 Reasoning r1", "0 a", "0 Signature c2ln", "-0", "+1 Reasoning", "1 Redacted ZGF0YQ==", "-1", "+2 Text", "2 x", "-2", "finish Stop", "end"],
            sink.Lines[1..]);
    }

    [Fact]
    public void OnFrame_ContentAsParts_IsThinkingAndText()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]}]}"""),
            ChatWire.Chunk("""{"content":[{"type":"text","text":"u"}]}"""),
            ChatWire.Chunk("""{"content":"v"}""", "\"model_length\""));

        Assert.Equal(["+0 Reasoning", "0 t", "-0", "+1 Text", "1 u", "1 v", "-1", "finish Length", "end"], sink.Lines[1..]);
    }

    [Fact]
    public void OnFrame_SeveralChoices_KeepTheirNumbers()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"content":"a"}"""),
            ChatWire.Chunk("""{"content":"b"}""", choice: 1),
            ChatWire.Chunk("""{"refusal":"no"}""", "\"stop\""),
            ChatWire.Chunk("{}", "\"length\"", choice: 1),
            Done);

        Assert.Equal(
            ["+0 Text", "0 a", "+1@1 Text", "1@1 b", "-0", "+2 Refusal", "2 no", "-2", "-1@1", "finish Stop", "finish@1 Length", "end"],
            sink.Lines[1..]);
    }

    [Fact]
    public void OnFrame_PageThatAnAnnotationCites_IsCitedOnce()
    {
        var sink = ChatWire.Decode(
            """{"id":"i","model":"m","choices":[{"index":0,"delta":{"content":"x","annotations":[{"type":"url_citation","url_citation":{"url":"https://p"}}]}}],"citations":["https://p"]}""",
            ChatWire.Chunk("{}", "\"stop\""),
            Done);

        Assert.Equal(["+0 Text", "0 x", "0 cites https://p", "-0"], sink.Lines[1..5]);
    }

    [Fact]
    public void OnFrame_AnnotationsLogprobsAndPages_RestOnTheText()
    {
        var sink = ChatWire.Decode(
            """{"id":"i","model":"m","choices":[{"index":0,"delta":{"content":"x"},"logprobs":{"content":[{"token":"x"}],"refusal":null}}],"search_results":[{"title":"T","url":"https://p"}]}""",
            ChatWire.Chunk("""{"annotations":[{"type":"url_citation","url_citation":{"url":"https://q","title":"Q","start_index":1,"end_index":2}}]}""", "\"stop\""),
            Done);

        Assert.Equal(
            [
                "+0 Text", "0 x", """0 logprobs [{"token":"x"}]""", "0 cites https://q", "0 cites https://p", "-0",
                """extension search_results [{"title":"T","url":"https://p"}]""", "finish Stop", "end",
            ],
            sink.Lines[1..]);
    }

    [Theory]
    [InlineData("""{"error":{"message":"boom","type":"server_error"}}""", "error boom")]
    [InlineData("""{"id":"x","error":{"code":429,"message":"slow"},"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}""", "error slow")]
    [InlineData("<html>", "error The upstream's answer is not a chat completion.")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"a""", "error The upstream's answer is not a chat completion.")]
    public void OnFrame_FailureInTheStream_IsTheLastEvent(string frame, string expected)
    {
        var sink = ChatWire.Decode(ChatWire.Chunk("""{"content":"a"}"""), frame, ChatWire.Chunk("""{"content":"b"}"""), Done);

        Assert.Equal(expected, sink.Lines[^1]);
        Assert.Single(sink.Lines, l => l.StartsWith("error", StringComparison.Ordinal));
    }

    [Fact]
    public void OnUpstreamEnd_WithoutFinishReason_LeavesTheCutToTheGuard()
    {
        var sink = ChatWire.Decode(ChatWire.Chunk("""{"content":"a"}"""));

        Assert.Equal("0 a", sink.Lines[^1]);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("plain")]
    [InlineData("\\\"}")]
    [InlineData("\\\\")]
    [InlineData("\\u00e9 é \\n")]
    public void OnFrame_SecondDeltaOfTheSameShape_IsReadAsTheFirst(string text)
    {
        foreach (var padding in (string[])["", ",\"obfuscation\":\"abc\"", ",\"p\":\"x\""])
        {
            var first = ChatWire.Chunk("""{"content":"a"}""", more: padding);
            var next = ChatWire.Chunk($$"""{"content":"{{text}}"}""", more: padding.Replace("abc", "defg", StringComparison.Ordinal));
            var lines = ChatWire.Decode(first, next).Lines;

            var alone = ChatWire.Decode(next).Lines;
            Assert.Equal(alone[^1], lines[^1]);
        }
    }

    [Fact]
    public void OnFrame_TextDeltas_DoNotAllocate()
    {
        var decoder = ChatWire.Dialect.CreateDecoder();
        var frame = Encoding.UTF8.GetBytes(ChatWire.Chunk("""{"content":" word"}"""));
        var sink = new SilentSink();
        Feed(3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sink.Bytes > 5000);

        void Feed(int times)
        {
            for (var i = 0; i < times; i++)
            {
                decoder.OnFrame(new StreamFrame { Data = frame }, sink);
            }
        }
    }

    private sealed class SilentSink : IResponseSink
    {
        public long Bytes { get; private set; }

        public void On(in ResponseEvent e) => Bytes += e.Text.Length;
    }

    /// <summary>Log probabilities and citations hang on the text, however the answer goes on.</summary>
    [Fact]
    public void ReadAnswer_TextWithSoundAndAnnotations_KeepsThemOnTheText()
    {
        var sink = ChatWire.ReadAnswer(
            """{"id":"a","model":"m","choices":[{"index":0,"finish_reason":"stop","logprobs":{"content":[{"token":"x","logprob":-1}]},"message":{"role":"assistant","content":"x","annotations":[{"type":"url_citation","url_citation":{"url":"https://x.example","start_index":0,"end_index":1}}],"audio":{"id":"s1","data":"UklG"}}}]}""");

        Assert.Equal(1, sink.Lines.Count(line => line.Contains("Text", StringComparison.Ordinal) && line.StartsWith('+')));
        Assert.Contains(sink.Lines, line => line.StartsWith("logprobs", StringComparison.Ordinal) || line.Contains("logprob", StringComparison.Ordinal));
    }

    /// <summary>No other API has words beside a sound: they are text.</summary>
    [Theory]
    [InlineData("UklGRg==", "audio/wav")]
    [InlineData("SUQzBA==", "audio/mpeg")]
    [InlineData("AAABAA==", "audio/L16;codec=pcm;rate=24000")]
    public void ReadAnswer_Sound_TellsItsWordsAndItsKind(string data, string type)
    {
        var sink = ChatWire.ReadAnswer(
            """{"id":"a","model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":null,"audio":{"id":"s1","data":"DATA","expires_at":5,"transcript":"Good day"}}}]}"""
                .Replace("DATA", data, StringComparison.Ordinal));

        Assert.Contains(sink.Lines, line => line.Contains("Good day", StringComparison.Ordinal));
        Assert.Contains(sink.Lines, line => line.StartsWith('+') && line.Contains("Media", StringComparison.Ordinal) && line.Contains(type, StringComparison.Ordinal));
    }

    [Fact]
    public void OnFrame_SoundInPieces_IsOneTextAndOneSound()
    {
        var sink = ChatWire.Decode(
            ChatWire.Chunk("""{"role":"assistant","audio":{"id":"s1","transcript":"Good "}}"""),
            ChatWire.Chunk("""{"audio":{"data":"AAAB"}}"""),
            ChatWire.Chunk("""{"audio":{"data":"AAAC"}}"""),
            ChatWire.Chunk("""{"audio":{"expires_at":5}}"""),
            ChatWire.Chunk("{}", "\"stop\""),
            "[DONE]");

        Assert.Equal(2, sink.Lines.Count(line => line.StartsWith('+')));
        Assert.Contains(sink.Lines, line => line.Contains("Good", StringComparison.Ordinal));
    }
}
