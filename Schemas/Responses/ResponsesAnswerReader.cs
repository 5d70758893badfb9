using System.Text.Unicode;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// A whole response object (platform.openai.com/docs/api-reference/responses/object) as events. Failed answers, error
/// objects and bodies that are no response become one Error.
/// </summary>
internal static class ResponsesAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> body, IResponseSink sink)
    {
        var isJson = ResponsesEnd.TryRead(body.Span, out var end) && JsonScan.SkipBlanks(body.Span, end.Length) == body.Length && Utf8.IsValid(body.Span);
        if (!isJson || (end.Output.IsEmpty && end.Error.IsEmpty))
        {
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = NoAnswer });
            return;
        }

        if (!end.Error.IsEmpty || end.Status.SequenceEqual("failed"u8))
        {
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = ResponsesErrors.InAnswer(end.Error) });
            return;
        }

        Start(end, sink);
        var items = new ResponsesItemEvents();
        if (!ReadOutput(body.Slice(end.OutputStart, end.Output.Length), items, sink))
        {
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = NoAnswer });
            return;
        }

        Finish(end, items, sink);
    }

    public static GatewayError NoAnswer { get; } = GatewayError.Upstream("the upstream's answer is not a Responses object");

    public static void Start(in ResponsesEnd response, IResponseSink sink) =>
        sink.On(new ResponseEvent { Kind = EventKind.MessageStart, Id = response.Id, Name = response.Model, Created = response.Created });

    /// <summary>Tells the output items of a response object whole.</summary>
    /// <param name="output">The array.</param>
    /// <param name="items">What has been told already.</param>
    /// <param name="sink">Whom to tell.</param>
    /// <returns>False where it is no valid UTF-8, or nested beyond the limit.</returns>
    public static bool ReadOutput(ReadOnlyMemory<byte> output, ResponsesItemEvents items, IResponseSink sink)
    {
        if (!JsonBody.TryParse(output, out var json, out _))
        {
            return false;
        }

        using (json)
        {
            var number = 0;
            foreach (var item in json.Root.EnumerateArray())
            {
                items.End(item, number++, sink);
            }
        }

        return true;
    }

    public static void Finish(in ResponsesEnd response, ResponsesItemEvents items, IResponseSink sink)
    {
        if (!response.Usage.IsEmpty)
        {
            var usage = response.Usage;
            sink.On(ResponseEvent.Of(in usage));
        }

        sink.On(new ResponseEvent { Kind = EventKind.Finish, Stop = response.Stop(items.HasTools, items.HasRefusal) });
        sink.On(new ResponseEvent { Kind = EventKind.End });
    }
}
