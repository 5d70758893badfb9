using System.Buffers;
using System.Buffers.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Writes events as a Messages stream (platform.claude.com/docs/en/build-with-claude/streaming): one block at a time, and
/// message_delta held back until the end, since figures may follow the stop. Pings are left out: the SDKs skip them.
/// </summary>
internal sealed class MessagesStreamEncoder(AnswerContext context, IBufferWriter<byte> output) : StreamEncoder
{
    private readonly MessagesBlockWriter _blocks = new(context);
    private int _next;
    private OpenBlock _open;
    private JsonText _itemId;
    private byte[] _heldName = [];
    private bool _isTagged;
    private bool _hasTools;
    private bool _hasReportedLogprobs;
    private StopReason _stop;
    private Usage _usage;

    private enum OpenBlock
    {
        None,
        Undecided, // reasoning whose first delta will tell whether it is shown or redacted
        HeldTool,
        Text,
        Thinking,
        Input,
        FreeInput,
        Finished,
    }

    private int Current => _next - 1;

    public override void On(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.BlockDelta:
                OnDelta(e);
                break;
            case EventKind.BlockStart:
                OnBlockStart(e);
                break;
            case EventKind.BlockStop:
                OnBlockStop();
                break;
            case EventKind.MessageStart:
                OnMessageStart(e);
                break;
            case EventKind.Annotation:
                OnAnnotation(e);
                break;
            case EventKind.Usage:
                _usage.Merge(e.Usage);
                break;
            case EventKind.Finish:
                _stop = e.Stop;
                break;
            case EventKind.End:
                OnEnd();
                break;
            case EventKind.Error when e.Error is { } error:
                output.Write("event: error\ndata: "u8);
                MessagesErrors.Write(error, output);
                output.Write("\n\n"u8);
                break;
            case EventKind.Logprobs when !_hasReportedLogprobs:
                _hasReportedLogprobs = true;
                context.Losses.Add("logprobs", LossReason.Unsupported);
                break;
            case EventKind.Extension:
                context.Losses.Add($"extension.{new JsonText(e.Name.ToArray())}", LossReason.Unknown);
                break;
        }
    }

    private void OnMessageStart(in ResponseEvent e)
    {
        _usage.Merge(e.Usage);
        var json = Begin("message_start"u8);
        json.StartObject("message"u8);
        _blocks.WriteHead(ref json, e.Id, e.Name);
        json.StartArray("content"u8);
        json.EndArray();
        MessagesBlockWriter.WriteStop(ref json, default, default);
        json.Name("usage"u8);
        MessagesUsage.Write(ref json, _usage);
        json.EndObject();
        End(ref json);
    }

    private void OnBlockStart(in ResponseEvent e)
    {
        _itemId = new JsonText(e.Id.ToArray());
        _isTagged = false;
        if (e.Block == BlockKind.Reasoning)
        {
            _open = OpenBlock.Undecided;
            return;
        }

        if (!MessagesBlockWriter.CanWrite(e.Block, e.Name, e.Outcome))
        {
            context.Losses.Add($"content[{_next}]", LossReason.Unsupported);
            _open = OpenBlock.None;
            return;
        }

        _hasTools |= e.Block is BlockKind.Tool or BlockKind.CustomTool;
        if (e.Block == BlockKind.Tool)
        {
            _heldName = e.Name.ToArray();
            _open = OpenBlock.HeldTool;
            return;
        }

        var json = BeginBlock();
        _blocks.WriteStart(ref json, e, Current);
        End(ref json);
        _open = e.Block switch
        {
            BlockKind.Text or BlockKind.Refusal => OpenBlock.Text,
            BlockKind.CustomTool => OpenBlock.FreeInput,
            BlockKind.ServerToolResult => OpenBlock.Finished,
            _ => OpenBlock.Input,
        };
        if (_open == OpenBlock.FreeInput)
        {
            WriteDelta("\"input_json_delta\",\"partial_json\":\""u8, MessagesBlockWriter.FreeInputHead);
        }
    }

    private void OnDelta(in ResponseEvent e)
    {
        switch (_open)
        {
            case OpenBlock.Text:
                WriteDelta("\"text_delta\",\"text\":\""u8, e.Text);
                break;
            case OpenBlock.HeldTool when e.Delta == DeltaKind.Signature:
                OnCallSignature(e);
                break;
            case OpenBlock.Input or OpenBlock.FreeInput when e.Delta == DeltaKind.Signature:
                context.Losses.Add($"content[{Current}].signature", LossReason.Unsupported);
                break;
            case OpenBlock.HeldTool or OpenBlock.Input:
                ReleaseTool();
                WriteDelta("\"input_json_delta\",\"partial_json\":\""u8, e.Text);
                break;
            case OpenBlock.FreeInput:
                BeginDelta("\"input_json_delta\",\"partial_json\":\""u8);
                JsonEscapes.Escape(e.Text, output);
                EndDelta();
                break;
            case OpenBlock.Undecided or OpenBlock.Thinking:
                OnReasoning(e);
                break;
        }
    }

    /// <summary>A call's start waits for its first argument: the signature on a call (Gemini) stands in a thinking block before it.</summary>
    private void OnCallSignature(in ResponseEvent e)
    {
        _open = OpenBlock.Undecided;
        OnReasoning(e);
        OnBlockStop();
        _open = OpenBlock.HeldTool;
    }

    private void ReleaseTool()
    {
        if (_open == OpenBlock.HeldTool)
        {
            _open = OpenBlock.Input;
            var json = BeginBlock();
            _blocks.WriteTool(ref json, _itemId.Span, _heldName, Current, RawJson.EmptyObject.Span);
            End(ref json);
        }
    }

    private void OnReasoning(in ResponseEvent e)
    {
        if (e.Delta == DeltaKind.Redacted)
        {
            OnRedacted(e);
            return;
        }

        if (e.Delta == DeltaKind.SummaryBreak)
        {
            if (_open == OpenBlock.Thinking)
            {
                WriteDelta("\"thinking_delta\",\"thinking\":\""u8, "\\n\\n"u8);
            }

            return;
        }

        if (_open == OpenBlock.Undecided)
        {
            var json = BeginBlock();
            MessagesBlockWriter.WriteThinking(ref json, default, default);
            End(ref json);
            _open = OpenBlock.Thinking;
        }

        if (e.Delta == DeltaKind.Text)
        {
            WriteDelta("\"thinking_delta\",\"thinking\":\""u8, e.Text);
            return;
        }

        BeginDelta("\"signature_delta\",\"signature\":\""u8);
        if (!_isTagged)
        {
            _isTagged = true;
            _blocks.WriteTag(StateKind.Signature, _itemId.Span, output);
        }

        output.Write(e.Text);
        EndDelta();
    }

    /// <summary>Hidden reasoning is a block of its own, whole in its start.</summary>
    private void OnRedacted(in ResponseEvent e)
    {
        if (_open == OpenBlock.Thinking)
        {
            WriteStop();
        }

        var json = BeginBlock();
        _blocks.WriteRedacted(ref json, _itemId, e.Text, output);
        End(ref json);
        WriteStop();
        _open = OpenBlock.Undecided;
    }

    private void OnAnnotation(in ResponseEvent e)
    {
        if (e.Citation is not { } citation || _open != OpenBlock.Text || !MessagesCitations.CanAnswer(citation))
        {
            context.Losses.Add($"content[{Math.Max(0, Current)}].citations", LossReason.Unsupported);
            return;
        }

        var json = Begin("content_block_delta"u8);
        json.Member("index"u8, Current);
        json.StartObject("delta"u8);
        json.Member("type"u8, "citations_delta"u8);
        json.Name("citation"u8);
        MessagesCitations.Write(ref json, citation);
        json.EndObject();
        End(ref json);
    }

    private void OnBlockStop()
    {
        ReleaseTool();
        if (_open == OpenBlock.FreeInput)
        {
            WriteDelta("\"input_json_delta\",\"partial_json\":\""u8, MessagesBlockWriter.FreeInputTail);
        }

        if (_open is not (OpenBlock.None or OpenBlock.Undecided))
        {
            WriteStop();
        }

        _open = OpenBlock.None;
    }

    private void OnEnd()
    {
        var json = Begin("message_delta"u8);
        json.StartObject("delta"u8);
        MessagesBlockWriter.WriteStop(ref json, MessagesStops.WordOf(_stop, _hasTools, context), _stop.Sequence);
        json.EndObject();
        json.Name("usage"u8);
        MessagesUsage.Write(ref json, _usage);
        End(ref json);
        json = Begin("message_stop"u8);
        End(ref json);
    }

    private JsonEmitter BeginBlock()
    {
        var json = Begin("content_block_start"u8);
        json.Member("index"u8, _next++);
        json.Name("content_block"u8);
        return json;
    }

    private void WriteStop()
    {
        var json = Begin("content_block_stop"u8);
        json.Member("index"u8, Current);
        End(ref json);
    }

    private void WriteDelta(ReadOnlySpan<byte> head, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        BeginDelta(head);
        output.Write(text);
        EndDelta();
    }

    private void BeginDelta(ReadOnlySpan<byte> head)
    {
        output.Write("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8);
        Utf8Formatter.TryFormat(Current, output.GetSpan(11), out var digits);
        output.Advance(digits);
        output.Write(",\"delta\":{\"type\":"u8);
        output.Write(head);
    }

    private void EndDelta() => output.Write("\"}}\n\n"u8);

    private JsonEmitter Begin(ReadOnlySpan<byte> name)
    {
        output.Write("event: "u8);
        output.Write(name);
        output.Write("\ndata: "u8);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("type"u8, name);
        return json;
    }

    private void End(ref JsonEmitter json)
    {
        json.EndObject();
        output.Write("\n\n"u8);
    }
}
