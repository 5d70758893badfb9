using System.Buffers;
using System.Buffers.Text;
using BifrostLite.Schemas.Converse;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Messages;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Invoke;

/// <summary>Lets the Messages encoder write its events and puts each one's data as base64 into a chunk message.</summary>
internal sealed class InvokeStreamEncoder : StreamEncoder
{
    private readonly ArrayBufferWriter<byte> _events = new(1024);
    private readonly SseFrameReader _frames = new();
    private readonly StreamEncoder _messages;
    private readonly EventStreamWriter _output;

    public InvokeStreamEncoder(MessagesDialect messages, AnswerContext context, IBufferWriter<byte> output)
    {
        _messages = messages.CreateEncoder(context, _events);
        _output = new EventStreamWriter(output);
    }

    public override void On(in ResponseEvent e)
    {
        if (e.Kind == EventKind.Error)
        {
            ConverseErrors.WritePayload(e.Error!, _output.Begin());
            _output.EndException(ConverseErrors.StreamNameOf(e.Error!));
            return;
        }

        _messages.On(e);
        var written = _events.WrittenSpan;
        while (_frames.TryRead(written, isLast: false, out var consumed, out var frame) is FrameStatus.Frame or FrameStatus.Skipped)
        {
            if (!frame.Data.IsEmpty)
            {
                WriteChunk(frame.Data);
            }

            written = written[consumed..];
        }

        _events.ResetWrittenCount();
    }

    private void WriteChunk(ReadOnlySpan<byte> json)
    {
        var payload = _output.Begin();
        payload.Write("{\"bytes\":\""u8);
        var span = payload.GetSpan(Base64.GetMaxEncodedToUtf8Length(json.Length));
        Base64.EncodeToUtf8(json, span, out _, out var length);
        payload.Advance(length);
        payload.Write("\"}"u8);
        _output.EndEvent("chunk"u8);
    }
}
