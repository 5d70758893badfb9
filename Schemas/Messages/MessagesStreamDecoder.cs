using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Reads a Messages stream as events (platform.claude.com/docs/en/build-with-claude/streaming). Deltas are passed as they
/// stand in the frame; the few other events are parsed.
/// </summary>
internal sealed class MessagesStreamDecoder : StreamDecoder
{
    /// <summary>Blocks the hub has no word for: their deltas and stops are theirs alone.</summary>
    private readonly HashSet<int> _foreign = [];

    private Usage _usage;
    private JsonText _prefilled;
    private bool _isFinished;

    public override void OnFrame(in StreamFrame frame, IResponseSink sink)
    {
        if (_foreign.Count == 0 && MessagesPlainDelta.TryRead(frame.Data, out var index, out var text))
        {
            OnText(index, text, sink);
            return;
        }

        // Servers that grew up with OpenAI's protocol end with its marker after message_stop.
        if (frame.Data.IsEmpty || frame.Data.SequenceEqual("[DONE]"u8))
        {
            return;
        }

        if (!MessagesFrame.TryRead(frame, out var read))
        {
            Fail(sink, "a frame of the upstream's stream is not JSON");
        }
        else if (read.Kind == MessagesEvent.Error)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = MessagesErrors.ReadEvent(frame.Data) });
        }
        else
        {
            OnEvent(read, sink);
        }
    }

    private void OnEvent(in MessagesFrame read, IResponseSink sink)
    {
        switch (read.Kind)
        {
            case MessagesEvent.BlockDelta:
                OnDelta(read, sink);
                break;
            case MessagesEvent.BlockStart:
                OnBlockStart(read, sink);
                break;
            case MessagesEvent.BlockStop:
                OnBlockStop(read.Index, sink);
                break;
            case MessagesEvent.MessageStart:
                OnMessageStart(read.Message, sink);
                break;
            case MessagesEvent.MessageDelta:
                OnMessageDelta(read, sink);
                break;
            case MessagesEvent.MessageStop:
                OnMessageStop(sink);
                break;
        }
    }

    private static void Fail(IResponseSink sink, string message) =>
        sink.On(new ResponseEvent { Kind = EventKind.Error, Error = GatewayError.Upstream(message) });

    private void OnMessageStart(ReadOnlySpan<byte> message, IResponseSink sink)
    {
        if (!JsonBody.TryParse(message.ToArray(), out var body, out _))
        {
            Fail(sink, "the upstream's message_start holds no message");
            return;
        }

        using (body)
        {
            _usage = MessagesUsage.Read(body.RawOf(body.Root, "usage"u8).Span, default);
            sink.On(new ResponseEvent
            {
                Kind = EventKind.MessageStart,
                Id = body.TextOf(body.Root, "id"u8).Span,
                Name = body.TextOf(body.Root, "model"u8).Span,
                Figures = new ReadOnlySpan<Usage>(in _usage),
            });
        }
    }

    private void OnBlockStart(in MessagesFrame read, IResponseSink sink)
    {
        if (!JsonBody.TryParse(read.Block.ToArray(), out var body, out _))
        {
            Fail(sink, "the upstream began a content block without saying which");
            return;
        }

        using (body)
        {
            _prefilled = default;
            if (MessagesBlockReader.Start(body, body.Root, read.Index, sink))
            {
                _foreign.Remove(read.Index);
                MessagesBlockReader.Content(body, body.Root, read.Index, sink);
                _prefilled = MessagesBlockReader.Input(body, body.Root, isWhole: false);
            }
            else
            {
                _foreign.Add(read.Index);
            }
        }
    }

    private void OnDelta(in MessagesFrame read, IResponseSink sink)
    {
        if (_foreign.Count > 0 && _foreign.Contains(read.Index))
        {
            return;
        }

        var delta = MessagesDelta.Read(read.Delta);
        switch (delta.Kind)
        {
            case MessagesDeltaKind.Text or MessagesDeltaKind.Thinking or MessagesDeltaKind.Json:
                OnText(read.Index, delta.Text, sink);
                break;
            case MessagesDeltaKind.Signature when !delta.Text.IsEmpty:
                sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = read.Index, Delta = DeltaKind.Signature, Text = delta.Text });
                break;
            case MessagesDeltaKind.Citation:
                OnCitation(delta.Citation, read.Index, sink);
                break;
        }
    }

    private void OnText(int index, ReadOnlySpan<byte> text, IResponseSink sink)
    {
        if (!text.IsEmpty)
        {
            // A start that held the input whole was only a foretaste if deltas follow it.
            _prefilled = default;
            sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = index, Text = text });
        }
    }

    private static void OnCitation(ReadOnlySpan<byte> citation, int index, IResponseSink sink)
    {
        if (JsonBody.TryParse(citation.ToArray(), out var body, out _))
        {
            using (body)
            {
                sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = index, Citation = MessagesCitations.Read(body, body.Root) });
            }
        }
    }

    private void OnBlockStop(int index, IResponseSink sink)
    {
        if (_foreign.Remove(index))
        {
            return;
        }

        MessagesBlockReader.Delta(sink, index, DeltaKind.Text, _prefilled);
        _prefilled = default;
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = index });
    }

    private void OnMessageDelta(in MessagesFrame read, IResponseSink sink)
    {
        _usage = MessagesUsage.Read(read.Usage, _usage);
        sink.On(ResponseEvent.Of(in _usage));
        if (!_isFinished && JsonBody.TryParse(read.Delta.ToArray(), out var body, out _))
        {
            using (body)
            {
                var stop = MessagesStops.Read(body, body.Root);
                if (stop.Kind != StopKind.Unknown)
                {
                    _isFinished = true;
                    sink.On(new ResponseEvent { Kind = EventKind.Finish, Stop = stop });
                }
            }
        }
    }

    private void OnMessageStop(IResponseSink sink)
    {
        if (!_isFinished)
        {
            _isFinished = true;
            sink.On(new ResponseEvent { Kind = EventKind.Finish });
        }

        sink.On(new ResponseEvent { Kind = EventKind.End });
    }
}
