using System.Buffers;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Responses;

/// <summary>Short ways to feed the dialect's readers and to see what came out.</summary>
internal static class ResponsesKit
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>The trace of a stream whose events' data are given.</summary>
    public static string Decode(params string[] events)
    {
        var sink = new RecordingSink();
        var decoder = new ResponsesStreamDecoder();
        foreach (var data in events)
        {
            decoder.OnFrame(new StreamFrame { Data = Bytes(data) }, sink);
        }

        decoder.OnUpstreamEnd(sink);
        return sink.Trace;
    }

    public static string ReadAnswer(string body)
    {
        var sink = new RecordingSink();
        ResponsesAnswerReader.Read(Bytes(body), sink);
        return sink.Trace;
    }

    public static ChatRequest Read(string body, ResponsesReadRules rules = ResponsesReadRules.None)
    {
        var error = ResponsesRequestReader.Read(new RequestSource(Bytes(body), "", null), rules, DialectNames.Responses, out var request);
        Assert.Null(error);
        return request;
    }

    public static GatewayError Refuse(string body)
    {
        var error = ResponsesRequestReader.Read(new RequestSource(Bytes(body), "", null), ResponsesReadRules.None, DialectNames.Responses, out _);
        Assert.NotNull(error);
        return error;
    }

    public static AnswerContext Context(string request = "{}", string dialect = "messages") => new()
    {
        Model = "asked-model",
        Origin = new Origin("anthropic", "claude", dialect),
        RequestBody = Bytes(request),
        ExchangeId = "x1",
        Created = 1700000000,
        Losses = new Losses(),
        Clock = new FixedClock(1700000005),
    };

    /// <summary>The stream that some events become, behind the guard as in the gateway.</summary>
    public static string Encode(AnswerContext context, Action<IResponseSink> play)
    {
        var output = new ArrayBufferWriter<byte>();
        using var encoder = new ResponsesStreamEncoder(context, output);
        play(new StreamGuard(encoder, StreamRules.Sequential, context.Losses));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The whole answer that the same events become.</summary>
    public static string Whole(AnswerContext context, Action<IResponseSink> play)
    {
        var builder = new AnswerBuilder();
        play(new StreamGuard(builder, StreamRules.Sequential, context.Losses));
        var output = new ArrayBufferWriter<byte>();
        new ResponsesDialect().WriteAnswer(builder.Answer, context, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static string Write(ChatRequest request, TargetModel target, out Losses losses)
    {
        losses = new Losses();
        var output = new ArrayBufferWriter<byte>();
        new ResponsesDialect().WriteRequest(request, target, output, losses);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private sealed class FixedClock(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
