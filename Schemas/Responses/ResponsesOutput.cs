using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// Hub events as output items, and as the stream's events where there is a stream. An item stays open until the next one
/// begins or the answer ends: texts that follow each other are one part, and only the end tells whether the last item is whole.
/// </summary>
internal sealed class ResponsesOutput(AnswerContext context, ResponsesEvents? events) : IAnswerSink
{
    /// <summary>What stands around a text: room for it at once instead of growing by halves.</summary>
    private const int Margin = 256;

    private readonly ResponsesEnvelope _envelope = new(context);
    private readonly ResponsesOpenItem _item = new();
    private readonly PooledBuffer _items = new();
    private readonly ResponsesPendingCitations _citations = new(context, events);
    private ResponsesEnding _ending;
    private int _count;
    private bool _hasStarted;
    private bool _hasTools;
    private bool _hasRefusal;
    private bool _isText;

    public void On(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.MessageStart:
                Start(e);
                break;
            case EventKind.BlockStart when e.Choice == 0:
                OnBlock(e);
                break;
            case EventKind.BlockDelta when e.Choice == 0:
                OnDelta(e);
                break;
            case EventKind.BlockStop when e.Choice == 0:
                _citations.Flush(_item);
                break;
            case EventKind.Annotation when e is { Choice: 0, Citation: { } citation }:
                EnsurePart();
                _citations.Add(citation);
                break;
            case EventKind.Logprobs when e.Choice == 0:
                OnLogprobs(e.Raw);
                break;
            case EventKind.Usage:
                _envelope.Count(e.Usage);
                break;
            case EventKind.Extension:
                OnExtension(e);
                break;
            case EventKind.Finish when e.Choice == 0:
                _ending = ResponsesEnding.Of(e.Stop, _hasTools, _hasRefusal);
                CloseItem(_ending.IsCompleted ? "completed"u8 : "incomplete"u8);
                break;
            case EventKind.End or EventKind.Error:
                End(e.Error);
                break;
        }
    }

    public void Write(IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        _envelope.Write(ref json, _items.Span, _ending);
    }

    public void Dispose()
    {
        _item.Dispose();
        _items.Dispose();
        events?.Dispose();
    }

    private void Start(in ResponseEvent e)
    {
        _hasStarted = true;
        _envelope.Start(e);
        TellResponse("response.created"u8, ResponsesEnding.Running);
        TellResponse("response.in_progress"u8, ResponsesEnding.Running);
    }

    private void OnBlock(in ResponseEvent e)
    {
        _isText = e.Block is BlockKind.Text or BlockKind.Refusal;
        switch (e.Block)
        {
            case BlockKind.Text or BlockKind.Refusal:
                OnText(e.Block == BlockKind.Refusal);
                break;
            case BlockKind.Reasoning:
                OpenItem(ResponsesItemKind.Reasoning, e);
                break;
            case BlockKind.Tool or BlockKind.CustomTool:
                _hasTools = true;
                OpenItem(e.Block == BlockKind.Tool ? ResponsesItemKind.Function : ResponsesItemKind.Custom, e);
                var type = e.Block == BlockKind.Tool ? "response.function_call_arguments.delta"u8 : "response.custom_tool_call_input.delta"u8;
                events?.Aim(type, _item.Place);
                break;
            case BlockKind.Media when e.Name.StartsWith("image/"u8):
                OpenItem(ResponsesItemKind.Image, e);
                break;
            case BlockKind.ServerTool when ServerKind(e.Name) is var kind and not ResponsesItemKind.None:
                OpenItem(kind, e);
                break;
            case BlockKind.ServerToolResult when _item.IsServerTool && _item.CallId.Is(e.Id):
                _item.Outcome = e.Outcome;
                CloseItem("completed"u8);
                break;
            default:
                CloseItem("completed"u8);
                context.Losses.Add($"output.{e.Block}", LossReason.Unsupported);
                break;
        }
    }

    /// <summary>An item only this API knows comes back as it was, between its own streams and whole answers.</summary>
    private void OnExtension(in ResponseEvent e)
    {
        if (context.Origin.Dialect != DialectNames.Responses)
        {
            _envelope.Extend(e);
            return;
        }

        CloseItem("completed"u8);
        _items.Write(_items.Length > 0 ? ","u8 : default);
        new JsonEmitter(_items).Raw(e.Raw);
        events?.ItemWhole(_count, e.Raw);
        _count++;
    }

    private static ResponsesItemKind ServerKind(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("web_search"u8) || name.SequenceEqual("web_fetch"u8) ? ResponsesItemKind.Search
        : name.SequenceEqual("code_execution"u8) ? ResponsesItemKind.Interpreter
        : name.SequenceEqual("mcp"u8) ? ResponsesItemKind.Mcp
        : ResponsesItemKind.None;

    /// <summary>Further text goes on in the open part. A part is begun by its first letter: some upstreams open blocks they leave empty.</summary>
    private void OnText(bool isRefusal)
    {
        _hasRefusal |= isRefusal;
        if (_item.Kind != ResponsesItemKind.Message)
        {
            CloseItem("completed"u8);
        }
        else if (_item.IsPartOpen && _item.IsRefusal != isRefusal)
        {
            ClosePart();
        }

        _item.IsRefusal = isRefusal;
        _item.BlockStart = _item.Kind == ResponsesItemKind.Message ? _item.Text.Length : 0;
    }

    private void OnDelta(in ResponseEvent e)
    {
        if (e.Delta == DeltaKind.Text)
        {
            if (_isText || _item.Kind == ResponsesItemKind.Reasoning)
            {
                EnsurePart();
            }

            if (_item.Kind != ResponsesItemKind.None)
            {
                Grow(e.Text);
            }
        }
        else if (e.Delta == DeltaKind.SummaryBreak)
        {
            ClosePart();
        }
        else
        {
            AddState(e);
        }
    }

    private void Grow(ReadOnlySpan<byte> text)
    {
        _item.Text.Write(text);
        if (events is not null && !_item.IsServerTool)
        {
            var isOutputText = _item.Kind == ResponsesItemKind.Message && !_item.IsRefusal;
            events.Delta(text, isOutputText ? ",\"logprobs\":[]"u8 : default);
        }
    }

    /// <summary>Another dialect's state travels under a tag that names its issuer; the state of a call under the call's id.</summary>
    private void AddState(in ResponseEvent e)
    {
        if (_item.State.Length == 0 && context.Origin.Dialect != DialectNames.Responses)
        {
            var kind = e.Delta == DeltaKind.Redacted ? StateKind.Redacted : StateKind.Signature;
            ReasoningState.WriteTag(kind, context.Origin, _item.CallId.Span, _item.State);
        }

        _item.State.Write(e.Text);
    }

    private void OnLogprobs(ReadOnlySpan<byte> array)
    {
        var entries = array.Trim(" \t\r\n"u8);
        if (_item.Kind != ResponsesItemKind.Message || entries is not [(byte)'[', _, .., (byte)']'])
        {
            return;
        }

        _item.Logprobs.Write(_item.Logprobs.Length > 0 ? ","u8 : default);
        _item.Logprobs.Write(entries[1..^1]);
        if (_item.IsPartOpen)
        {
            events?.Logprobs(_item, entries);
        }
    }

    private void EnsurePart()
    {
        if (_item.Kind is ResponsesItemKind.None)
        {
            var isRefusal = _item.IsRefusal;
            OpenItem(ResponsesItemKind.Message, default(ResponseEvent) with { Kind = EventKind.BlockStart });
            _item.IsRefusal = isRefusal;
        }

        if (_item.IsPartOpen || _item.Kind is not (ResponsesItemKind.Message or ResponsesItemKind.Reasoning))
        {
            return;
        }

        _item.IsPartOpen = true;
        events?.PartAdded(_item);
    }

    private void ClosePart()
    {
        if (!_item.IsPartOpen)
        {
            return;
        }

        _citations.Flush(_item);
        _item.Parts.Reserve(_item.Text.Length + Margin);
        _item.Parts.Write(_item.Parts.Length > 0 ? ","u8 : default);
        var start = _item.Parts.Length;
        var part = new JsonEmitter(_item.Parts);
        ResponsesItemJson.WritePart(_item, _item.Text.Span, ref part);
        events?.PartDone(_item, _item.Parts.Span[start..]);
        _item.Part++;
        _item.IsPartOpen = false;
        _item.ClearPart();
    }

    private void OpenItem(ResponsesItemKind kind, in ResponseEvent e)
    {
        CloseItem("completed"u8);
        var id = kind == ResponsesItemKind.Reasoning && e.Id.StartsWith("rs_"u8)
            ? new JsonText(e.Id.ToArray())
            : ResponsesOpenItem.MakeId(kind, context.ExchangeId, _count);
        _item.Begin(kind, _count++, id, e);
        events?.ItemAdded(_item);
    }

    private void CloseItem(ReadOnlySpan<byte> status)
    {
        if (_item.Kind == ResponsesItemKind.None)
        {
            return;
        }

        ClosePart();
        if (_item.Kind is ResponsesItemKind.Function or ResponsesItemKind.Custom)
        {
            CloseCall();
        }

        _items.Reserve(_item.Parts.Length + Margin);
        _items.Write(_items.Length > 0 ? ","u8 : default);
        var start = _items.Length;
        var item = new JsonEmitter(_items);
        ResponsesItemJson.Write(_item, status, ref item);
        events?.ItemDone(_item, _items.Span[start..]);
        var hasCallState = _item.Kind == ResponsesItemKind.Function && _item.State.Length > 0;
        _item.Close();
        if (hasCallState)
        {
            AddCallState();
        }
    }

    /// <summary>State that hangs on a call (Gemini) has no place in its item: it follows as reasoning without text.</summary>
    private void AddCallState()
    {
        var state = _item.State.Span.ToArray();
        OpenItem(ResponsesItemKind.Reasoning, default(ResponseEvent) with { Kind = EventKind.BlockStart });
        _item.State.Write(state);
        CloseItem("completed"u8);
    }

    private void CloseCall()
    {
        if (_item.Kind == ResponsesItemKind.Function && _item.Text.Length == 0)
        {
            Grow("{}"u8); // callers parse the arguments of every call
        }

        events?.CallDone(_item);
    }

    private void End(GatewayError? error)
    {
        if (error is not null)
        {
            _ending = ResponsesEnding.Failed(error);
        }

        if (events is not null)
        {
            if (error is not null && !_hasStarted)
            {
                events.Failure(error);
            }
            else
            {
                var type = error is not null ? "response.failed"u8 : _ending.IsCompleted ? "response.completed"u8 : "response.incomplete"u8;
                TellResponse(type, _ending);
                _envelope.Keep(_items.Span, _ending);
            }

            Dispose();
        }
    }

    private void TellResponse(ReadOnlySpan<byte> type, in ResponsesEnding ending)
    {
        if (events is not null)
        {
            var json = events.Begin(type);
            json.Name("response"u8);
            _envelope.Write(ref json, _items.Span, ending);
            events.End(ref json);
        }
    }
}
