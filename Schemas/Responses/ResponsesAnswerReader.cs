using System.Text.Json;
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
        if (!ResponsesEnd.TryRead(body.Span, out var end) || (end.Output.IsEmpty && end.Error.IsEmpty))
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
        if (!ReadOutput(body, items, sink))
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
    /// <returns>False where the object is no valid JSON behind what was seen of it, or nested beyond the limit.</returns>
    public static bool ReadOutput(ReadOnlyMemory<byte> response, ResponsesItemEvents items, IResponseSink sink)
    {
        if (!JsonBody.TryParse(response, out var json, out _))
        {
            return false;
        }

        using (json)
        {
            var number = 0;
            if (RequestFields.Has(json.Root, "output"u8, out var output) && output.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in output.EnumerateArray())
                {
                    items.End(item, number++, sink);
                }
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
