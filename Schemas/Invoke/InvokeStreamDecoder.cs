using System.Buffers.Text;
using BifrostLite.Schemas.Converse;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Invoke;

/// <summary>Unwraps each chunk's base64 and hands the event inside to the Messages decoder.</summary>
internal sealed class InvokeStreamDecoder(StreamDecoder messages) : StreamDecoder
{
    public override void OnFrame(in StreamFrame frame, IResponseSink sink)
    {
        if (frame.IsException)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = ConverseErrors.ReadFrame(frame.Event, frame.Data) });
            return;
        }

        var encoded = InvokeInspector.Encoded(frame.Data);
        using var json = new PooledBuffer(Base64.GetMaxDecodedFromUtf8Length(encoded.Length) + 1);
        Base64.DecodeFromUtf8(encoded, json.GetSpan(), out _, out var length);
        json.Advance(length);
        messages.OnFrame(new StreamFrame { Data = json.Span }, sink);
    }
}
