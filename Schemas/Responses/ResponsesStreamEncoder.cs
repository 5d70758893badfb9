using System.Buffers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Responses;

/// <summary>Events as a Responses stream; it ends with its terminal event, there is no [DONE].</summary>
internal sealed class ResponsesStreamEncoder(AnswerContext context, IBufferWriter<byte> output) : StreamEncoder, IDisposable
{
    private readonly ResponsesOutput _output = new(context, new ResponsesEvents(output, context.EventsBefore));

    public override void On(in ResponseEvent e) => _output.On(e);

    /// <summary>Buffers go back by themselves when the answer ends; this is for answers that are given up.</summary>
    public void Dispose() => _output.Dispose();
}
