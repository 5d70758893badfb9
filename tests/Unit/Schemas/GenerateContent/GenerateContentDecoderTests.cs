using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using static BifrostLite.Tests.Unit.Schemas.GenerateContent.GenerateContentKit;

namespace BifrostLite.Tests.Unit.Schemas.GenerateContent;

public class GenerateContentDecoderTests
{
    [Fact]
    public void OnFrame_ThoughtsTextAndCalls_BecomeBlocks() => Assert.Equal(
        """
        start r1 gemini-2.5-flash in=10
        +0 Reasoning
        0 hm
        usage in=10 out=3
        0 m
        -0
        +1 Text
        1 Caf\u00e9
        -1
        +2 Tool call_r1_0 f
        2 Signature c2ln
        2 {\"a\":\"\\\"\"}
        -2
        +3 Tool own g
        3 {}
        -3
        usage in=10 out=9
        finish ToolCalls
        end
        """,
        Decode("""
        {"candidates":[{"content":{"parts":[{"text":"hm","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":10,"thoughtsTokenCount":3},"modelVersion":"gemini-2.5-flash","responseId":"r1"}
        {"candidates":[{"content":{"parts":[{"text":"m","thought":true},{"text":"Caf\u00e9"}],"role":"model"},"index":0}],"responseId":"r1"}
        {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":"\""}},"thoughtSignature":"c2ln"},{"functionCall":{"id":"own","name":"g","args":{}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":6}}
        """));

    [Fact]
    public void OnFrame_FinishReasonInEveryChunk_EndsOnce() => Assert.Equal(
        "start   in=\n+0 Text\n0 a\n0 b\n-0\nfinish Stop\nend",
        Decode("""
        {"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}
        {"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}
        """));

    [Fact]
    public void OnUpstreamEnd_WithoutFinishReason_IsACut() => Assert.EndsWith(
        "error the upstream closed the stream before its end",
        Decode("""{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}"""),
        StringComparison.Ordinal);

    [Fact]
    public void OnFrame_ErrorChunk_IsAnError() => Assert.Equal(
        "start   in=\n+0 Text\n0 a\nerror overloaded",
        Decode("""
        {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}
        {"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}
        """));

    [Fact]
    public void OnFrame_BlockedPrompt_IsContentFilter() => Assert.Equal(
        "start   in=4\nusage in=4 out=\nfinish ContentFilter\nend",
        Decode("""{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":4}}"""));

    [Fact]
    public void OnFrame_SignatureOnText_StandsBehindIt() => Assert.Equal(
        "start   in=\n+0 Text\n0 a\n-0\n+1 Reasoning\n1 Signature c2ln\n-1\nfinish Stop\nend",
        Decode("""
        {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}
        {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}
        """));

    [Fact]
    public void OnFrame_Grounding_CitesTheOpenText() => Assert.Contains(
        "0 cites https://a.example/\n-0",
        Decode("""
        {"candidates":[{"content":{"parts":[{"text":"abc"}]},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a.example/","title":"A"}}],"groundingSupports":[{"segment":{"endIndex":3,"text":"abc"},"groundingChunkIndices":[0]}]}}]}
        """),
        StringComparison.Ordinal);

    [Fact]
    public void OnFrame_CodeExecution_IsAServerTool() => Assert.Contains(
        "+0 ServerTool c1 code_execution\n0 {\\\"language\\\":\\\"PYTHON\\\",\\\"code\\\":\\\"1+1\\\",\\\"id\\\":\\\"c1\\\"}\n-0\n+1 ServerToolResult c1 code_execution\n-1\n+2 Text\n2 2",
        Decode("""{"candidates":[{"content":{"parts":[{"executableCode":{"language":"PYTHON","code":"1+1","id":"c1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"2\n"}},{"text":"2"}]},"finishReason":"STOP"}]}"""),
        StringComparison.Ordinal);

    [Fact]
    public void OnFrame_TwoCandidates_KeepApart() => Assert.Equal(
        "start   in=\n+0 Text\n0 a\n+1@1 Text\n1@1 b\n-0\nfinish Stop\n-1@1\nfinish@1 Length\nend",
        Decode("""
        {"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0,"finishReason":"STOP"},{"content":{"parts":[{"text":"b"}]},"index":1,"finishReason":"MAX_TOKENS"}]}
        """));

    [Fact]
    public void ReadAnswer_ContentWithoutAReason_IsOver() => Assert.EndsWith(
        "finish Stop\nend",
        ReadAnswer("""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"eHl6"}}]}}],"usageMetadata":{"promptTokenCount":1}}"""),
        StringComparison.Ordinal);

    [Fact]
    public void ReadAnswer_StoppedByModelArmor_IsFiltered() => Assert.Contains(
        "finish ContentFilter",
        ReadAnswer("""{"candidates":[{"content":{"role":"model","parts":[{"text":"I cannot"}]},"finishReason":"MODEL_ARMOR","finishMessage":"Blocked by Model Armor"}]}"""),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("[1,2]")]
    [InlineData("<html>")]
    [InlineData("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"")]
    [InlineData("{}")]
    public void ReadAnswer_NoAnswer_EndsInAnError(string body) => Assert.Contains("error ", ReadAnswer(body), StringComparison.Ordinal);

    [Fact]
    public void ReadAnswer_ArrayOfChunksAndEnumNumbers_IsRead() => Assert.Equal(
        "start   in=\n+0 Text\n0 a\n0 b\n-0\nfinish Length\nend",
        ReadAnswer("""[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":2}]}]"""));

    [Theory]
    [InlineData(429, """[{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}]""", "RateLimit", "slow")]
    [InlineData(400, """{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"x","reason":"API_KEY_INVALID"}]}}""", "Authentication", "API key not valid.")]
    [InlineData(500, "", "Server", "the provider answered with status 500")]
    public void ReadError_AnyBody_KeepsStatusAndMessage(int status, string body, string kind, string message)
    {
        var error = Dialect.ReadError(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((status, kind, message), (error.Status, error.Kind.ToString(), error.Message));
    }

    [Fact]
    public void Inspect_VerbatimStream_LearnsUsageAndStop()
    {
        var facts = new StreamFacts();
        Dialect.Inspect(new StreamFrame { Data = """{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}"""u8 }, facts);
        Assert.True(facts.HasContent);
        Assert.False(Dialect.IsComplete(facts));
        Dialect.Inspect(new StreamFrame { Data = """{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":2,"candidatesTokenCount":3,"thoughtsTokenCount":4}}"""u8 }, facts);
        Assert.True(Dialect.IsComplete(facts));
        Assert.Equal((2, 7, 4), (facts.Usage.Input, facts.Usage.Output, facts.Usage.Reasoning));
    }

    [Fact]
    public void InspectAnswer_ArrayOfChunks_IsAnAnswer()
    {
        var facts = new StreamFacts();
        Dialect.InspectAnswer("""[{"candidates":[{"content":{},"finishReason":1}]}]"""u8, facts);
        Assert.Equal((null, StopKind.Stop), (facts.Error, facts.Stop));
    }

    [Fact]
    public void OnFrame_TextChunks_AllocateNothing()
    {
        var decoder = Dialect.CreateDecoder();
        var sink = new AnswerSilence();
        var data = """{"candidates":[{"content":{"parts":[{"text":"some words of an answer"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":140,"candidatesTokenCount":4,"totalTokenCount":144},"modelVersion":"gemini-2.5-flash","responseId":"9yj"}"""u8;
        decoder.OnFrame(new StreamFrame { Data = data }, sink);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            decoder.OnFrame(new StreamFrame { Data = data }, sink);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    private sealed class AnswerSilence : IResponseSink
    {
        public void On(in ResponseEvent e)
        {
        }
    }
}
