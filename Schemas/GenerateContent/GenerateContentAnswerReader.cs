using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Reads a whole answer: one response object, or the array of them that a stream without alt=sse is
/// (ai.google.dev/api/generate-content#method:-models.streamgeneratecontent).
/// </summary>
internal static class GenerateContentAnswerReader
{
    public static void Read(ReadOnlySpan<byte> body, IResponseSink sink)
    {
        var chunks = new GenerateContentChunkReader();
        var gate = new Gate(sink);
        if (body.TrimStart(" \r\n\t"u8).StartsWith("["u8) && IsJson(body))
        {
            var items = new JsonElements(body);
            while (items.MoveNext())
            {
                chunks.Read(items.Raw, gate);
            }
        }
        else
        {
            chunks.Read(body, gate);
        }

        chunks.Finish(gate, isWhole: true);
        if (!gate.IsOver)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = GatewayError.Upstream("the provider's answer is not a finished GenerateContent answer") });
        }
    }

    public static bool IsJson(ReadOnlySpan<byte> body)
    {
        if (!JsonBody.TryParse(body.ToArray(), out var parsed, out _))
        {
            return false;
        }

        parsed.Dispose();
        return true;
    }

    /// <summary>Notes whether the answer came to an end of either kind.</summary>
    private sealed class Gate(IResponseSink next) : IResponseSink
    {
        public bool IsOver { get; private set; }

        public void On(in ResponseEvent e)
        {
            IsOver |= e.Kind is EventKind.End or EventKind.Error;
            next.On(e);
        }
    }
}
