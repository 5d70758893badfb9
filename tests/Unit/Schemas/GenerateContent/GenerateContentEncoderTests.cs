using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Tests.Unit.Schemas.Hub;
using static BifrostLite.Tests.Unit.Schemas.GenerateContent.GenerateContentKit;

namespace BifrostLite.Tests.Unit.Schemas.GenerateContent;

public class GenerateContentEncoderTests
{
    [Fact]
    public void On_ThoughtTextAndCall_IsOnePartAChunk() => Assert.Equal(
        """
        data: {"candidates":[{"content":{"parts":[{"text":"hm","thought":true}],"role":"model"},"index":0}],"modelVersion":"model","responseId":"m"}
        data: {"candidates":[{"content":{"parts":[{"text":"a"}],"role":"model"},"index":0}],"modelVersion":"model","responseId":"m"}
        data: {"candidates":[{"content":{"parts":[{"functionCall":{"id":"c1","name":"f","args":{"a":"\""}},"thoughtSignature":"c2ln"}],"role":"model"},"index":0}],"modelVersion":"model","responseId":"m"}
        data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":4,"totalTokenCount":11,"thoughtsTokenCount":2},"modelVersion":"model","responseId":"m"}
        """,
        Encode(static sink =>
        {
            sink.Start();
            sink.Open(0, BlockKind.Reasoning);
            sink.Add(0, "hm");
            sink.Stop(0);
            sink.Open(1, BlockKind.Text);
            sink.Add(1, "a");
            sink.Stop(1);
            sink.Open(2, BlockKind.Tool, "c1", "f");
            sink.Add(2, "c2ln", DeltaKind.Signature);
            sink.Add(2, "{\\\"a\\\":");
            sink.Add(2, "\\\"\\\\\\\"\\\"}");
            sink.Stop(2);
            sink.Finish(StopKind.ToolCalls);
            sink.Count(new Usage { Input = 5, Output = 6, Reasoning = 2 });
            sink.End();
        }));

    [Fact]
    public void On_SignatureOfClaude_ComesBackUnderItsIssuer()
    {
        var wire = Encode(
            static sink =>
            {
                sink.Start();
                sink.Open(0, BlockKind.Reasoning);
                sink.Add(0, "hm");
                sink.Add(0, "c2ln", DeltaKind.Signature);
                sink.Stop(0);
                sink.Finish();
                sink.End();
            },
            "claude");

        var signature = wire.Split("\"thoughtSignature\":\"")[1].Split('"')[0];
        var request = Read($$$"""{"contents":[{"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"{{{signature}}}"}]}]}""");
        var state = Assert.IsType<ReasoningPart>(request.Turns[0].Parts[0]).State!;
        Assert.Equal(("c2ln", "claude", "p"), (state.Data.ToString(), state.Origin.Family, state.Origin.Provider));
    }

    [Fact]
    public void On_Error_IsGooglesOwnForm() => Assert.Equal(
        """data: {"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}""",
        Encode(static sink => sink.On(new ResponseEvent { Kind = EventKind.Error, Error = new GatewayError(429, ErrorKind.RateLimit, "slow") })));

    [Fact]
    public void WriteAnswer_WhatWasRead_IsTheSameAgain()
    {
        const string Body = """{"candidates":[{"content":{"parts":[{"text":"hm","thought":true,"thoughtSignature":"c2ln"},{"text":"a"},{"functionCall":{"id":"c1","name":"f","args":{"z":1}}}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":4,"totalTokenCount":9,"cachedContentTokenCount":3},"modelVersion":"mv","responseId":"r"}""";
        var builder = new AnswerBuilder();
        Dialect.ReadAnswer(Encoding.UTF8.GetBytes(Body), new StreamGuard(builder, Dialect.Rules, new Losses()));
        var output = new ArrayBufferWriter<byte>();
        Dialect.WriteAnswer(builder.Answer, Context(), output);

        Assert.Equal(Body, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void On_TextDeltas_AllocateNothing()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var encoder = Dialect.CreateEncoder(Context(), output);
        encoder.Start();
        encoder.Open(0, BlockKind.Text);
        var delta = new ResponseEvent { Kind = EventKind.BlockDelta, Text = "some words of an answer"u8 };
        encoder.On(delta);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            encoder.On(delta);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }
}
