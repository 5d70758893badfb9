using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// The events of a Responses stream (platform.openai.com/docs/api-reference/responses-streaming) as hub events. Deltas are
/// read in place; the rare events that carry items are parsed. Progress of built-in tools is not told: their items are,
/// when they are done.
/// </summary>
internal sealed class ResponsesStreamDecoder : StreamDecoder
{
    private readonly ResponsesItemEvents _items = new();
    private bool _hasStarted;
    private bool _hasEnded;

    public override void OnFrame(in StreamFrame frame, IResponseSink sink)
    {
        // Some vendors end with chat's [DONE]; one sends error and response.failed, of which the first counts.
        if (_hasEnded || frame.Data.IsEmpty || frame.Data.SequenceEqual("[DONE]"u8))
        {
            return;
        }

        if (frame.Event.StartsWith("response."u8) && frame.Event.EndsWith(".delta"u8)
            && ResponsesDeltaScan.TryRead(frame.Data, out var output, out var part, out var delta))
        {
            OnDelta(frame.Event["response.".Length..^".delta".Length], output, part, delta, sink);
            return;
        }

        if (!ResponsesFrame.TryRead(frame.Data, out var read))
        {
            Fail(GatewayError.Upstream("the upstream sent a stream event that is not JSON"), sink);
            return;
        }

        OnRead(read.Type.IsEmpty ? frame.Event : read.Type, read, sink);
    }

    private void OnRead(ReadOnlySpan<byte> type, in ResponsesFrame read, IResponseSink sink)
    {
        if (!type.StartsWith("response."u8))
        {
            if (type.SequenceEqual("error"u8) || !read.Error.IsEmpty)
            {
                Fail(ResponsesErrors.InStream(read), sink);
            }

            return;
        }

        type = type["response.".Length..];
        if (!type.EndsWith(".delta"u8))
        {
            OnEvent(type, read, sink);
            return;
        }

        OnDelta(type[..^".delta".Length], read.Output, read.Part, read.Delta, sink);
        if (read.Logprobs.Length > 2 && read.Logprobs[0] == '[')
        {
            _items.Logprobs(read.Output, read.Part, read.Logprobs, sink);
        }
    }

    private void OnDelta(ReadOnlySpan<byte> type, int output, int part, ReadOnlySpan<byte> delta, IResponseSink sink)
    {
        if (type.SequenceEqual("output_text"u8))
        {
            _items.Grow(output, part, BlockKind.Text, delta, sink);
        }
        else if (type.SequenceEqual("function_call_arguments"u8))
        {
            _items.Grow(output, part, BlockKind.Tool, delta, sink);
        }
        else if (type.SequenceEqual("reasoning_summary_text"u8))
        {
            _items.Reason(output, part, isSummary: true, delta, sink);
        }
        else if (type.SequenceEqual("reasoning_text"u8))
        {
            _items.Reason(output, part, isSummary: false, delta, sink);
        }
        else if (type.SequenceEqual("refusal"u8))
        {
            _items.Grow(output, part, BlockKind.Refusal, delta, sink);
        }
        else if (type.SequenceEqual("custom_tool_call_input"u8))
        {
            _items.Grow(output, part, BlockKind.CustomTool, delta, sink);
        }
    }

    private void OnEvent(ReadOnlySpan<byte> type, in ResponsesFrame frame, IResponseSink sink)
    {
        if (type.SequenceEqual("created"u8) || type.SequenceEqual("queued"u8) || type.SequenceEqual("in_progress"u8))
        {
            if (ResponsesEnd.TryRead(frame.Object, out var response))
            {
                Start(response, sink);
            }
        }
        else if (type.SequenceEqual("completed"u8) || type.SequenceEqual("incomplete"u8) || type.SequenceEqual("failed"u8))
        {
            OnTerminal(frame, type.SequenceEqual("failed"u8), sink);
        }
        else if (type.SequenceEqual("output_item.added"u8))
        {
            OnObject(frame, sink, static (items, item, in frame, sink) => items.Begin(item, frame.Output, sink));
        }
        else if (type.SequenceEqual("output_item.done"u8))
        {
            OnObject(frame, sink, static (items, item, in frame, sink) => items.End(item, frame.Output, sink));
        }
        else if (type.SequenceEqual("content_part.added"u8))
        {
            OnPart(frame, sink);
        }
        else if (type.SequenceEqual("output_text.annotation.added"u8))
        {
            OnObject(frame, sink, static (items, item, in frame, sink) => items.Annotate(frame.Output, frame.Part, ResponsesItemEvents.Cite(item), sink));
        }
        else if (type.EndsWith(".done"u8))
        {
            OnDone(type[..^".done".Length], frame, sink);
        }
    }

    private void OnPart(in ResponsesFrame frame, IResponseSink sink)
    {
        var members = new JsonMembers(frame.Object);
        while (members.MoveNext())
        {
            if (members.Is("type"u8))
            {
                if (members.Text.SequenceEqual("output_text"u8))
                {
                    _items.BeginPart(frame.Output, frame.Part, BlockKind.Text, sink);
                }
                else if (members.Text.SequenceEqual("refusal"u8))
                {
                    _items.BeginPart(frame.Output, frame.Part, BlockKind.Refusal, sink);
                }
            }
        }
    }

    private void OnDone(ReadOnlySpan<byte> type, in ResponsesFrame frame, IResponseSink sink)
    {
        if (type.SequenceEqual("output_text"u8))
        {
            _items.Complete(frame.Output, frame.Part, BlockKind.Text, frame.Whole, sink);
        }
        else if (type.SequenceEqual("refusal"u8))
        {
            _items.Complete(frame.Output, frame.Part, BlockKind.Refusal, frame.Whole, sink);
        }
        else if (type.SequenceEqual("function_call_arguments"u8))
        {
            _items.Complete(frame.Output, frame.Part, BlockKind.Tool, frame.Whole, sink);
        }
        else if (type.SequenceEqual("custom_tool_call_input"u8))
        {
            _items.Complete(frame.Output, frame.Part, BlockKind.CustomTool, frame.Whole, sink);
        }
        else if (type.SequenceEqual("reasoning_summary_text"u8))
        {
            _items.CompleteReason(frame.Output, frame.Part, isSummary: true, frame.Whole, sink);
        }
        else if (type.SequenceEqual("reasoning_text"u8))
        {
            _items.CompleteReason(frame.Output, frame.Part, isSummary: false, frame.Whole, sink);
        }
    }

    private void OnTerminal(in ResponsesFrame frame, bool isFailure, IResponseSink sink)
    {
        if (!ResponsesEnd.TryRead(frame.Object, out var response))
        {
            Fail(GatewayError.Upstream("the upstream's last event holds no response"), sink);
            return;
        }

        if (isFailure || !response.Error.IsEmpty)
        {
            Fail(ResponsesErrors.InAnswer(response.Error), sink);
            return;
        }

        Start(response, sink);
        // Servers that do not really stream send everything in the last event.
        if (_items.IsEmpty && !response.Output.IsEmpty && !ResponsesAnswerReader.ReadOutput(response.Output.ToArray(), _items, sink))
        {
            Fail(ResponsesAnswerReader.NoAnswer, sink);
            return;
        }

        _hasEnded = true;
        ResponsesAnswerReader.Finish(response, _items, sink);
    }

    private void OnObject(in ResponsesFrame frame, IResponseSink sink, ObjectEvent then)
    {
        using var copy = new PooledBuffer(frame.Object.Length);
        copy.Write(frame.Object);
        if (JsonBody.TryParse(copy.Memory, out var json, out _))
        {
            using (json)
            {
                then(_items, json.Root, frame, sink);
            }
        }
    }

    private void Start(in ResponsesEnd response, IResponseSink sink)
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            ResponsesAnswerReader.Start(response, sink);
        }
    }

    private void Fail(GatewayError error, IResponseSink sink)
    {
        _hasEnded = true;
        sink.On(new ResponseEvent { Kind = EventKind.Error, Error = error });
    }

    private delegate void ObjectEvent(ResponsesItemEvents items, JsonValue json, in ResponsesFrame frame, IResponseSink sink);
}
