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
}
