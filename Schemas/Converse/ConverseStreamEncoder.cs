using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Writes events as ConverseStream messages (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html):
/// messageStart, for each block contentBlockStart (tools and images only), contentBlockDelta, contentBlockStop, then
/// messageStop and metadata. A failure is a framed exception.
/// </summary>
internal sealed class ConverseStreamEncoder(AnswerContext context, IBufferWriter<byte> output) : StreamEncoder
{
    private readonly ArrayBufferWriter<byte> _payload = new(512);
    private readonly AnswerLosses _losses = new(context.Losses);

    /// <summary>Opaque state that has no place in the open block: it becomes a reasoning block of its own.</summary>
    private readonly ArrayBufferWriter<byte> _signature = new();
    private readonly ArrayBufferWriter<byte> _redacted = new();

    /// <summary>A tool's start waits for its first argument, so that a signature on the call can be written before it.</summary>
    private byte[]? _heldId;
    private byte[] _heldName = [];
    private BlockKind _block;
    private int _index;
    private bool _isShown;
    private bool _isOpen;
    private bool _hasTools;
    private bool _hasSignature;
    private Usage _usage;

    public override void On(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.MessageStart:
                _usage = e.Usage;
                new JsonEmitter(_payload).Raw("{\"role\":\"assistant\"}"u8);
                Send("messageStart"u8);
                break;
            case EventKind.BlockStart:
                OnBlockStart(e);
                break;
            case EventKind.BlockDelta when _isShown:
                OnDelta(e);
                break;
            case EventKind.BlockStop when _isShown:
                OnBlockStop();
                break;
            case EventKind.Annotation when e.Citation is { } citation:
                WriteCitation(citation);
                break;
            case EventKind.Usage:
                _usage = e.Usage;
                break;
            case EventKind.Finish:
                WriteStop(e.Stop);
                break;
            case EventKind.Error when e.Error is { } error:
                ConverseErrors.WritePayload(error, _payload);
                EventStreamWriter.WriteException(output, ConverseErrors.StreamNameOf(error), _payload.WrittenSpan);
                _payload.ResetWrittenCount();
                break;
            case EventKind.End:
                WriteMetadata();
                break;
            default:
                _losses.Note(e);
                break;
        }
    }

    private void OnBlockStart(in ResponseEvent e)
    {
        _block = e.Block;
        _isShown = true;
        _isOpen = _hasSignature = false;
        switch (e.Block)
        {
            case BlockKind.Tool or BlockKind.CustomTool:
                _hasTools = true;
                _heldId = e.Id.ToArray();
                _heldName = e.Name.ToArray();
                break;
            case BlockKind.Media when e.Name.StartsWith("image/"u8):
                WriteImageStart(e.Name["image/"u8.Length..]);
                break;
            case BlockKind.Media or BlockKind.ServerTool or BlockKind.ServerToolResult:
                // A typed client would run the call it sees, whoever was meant to run it.
                _isShown = false;
                context.Losses.Add(e.Block == BlockKind.Media ? "answer.media" : "answer.server_tool", LossReason.Unsupported);
                break;
        }
    }

    private void OnDelta(in ResponseEvent e)
    {
        switch (e.Delta)
        {
            case DeltaKind.Text:
                OnText(e.Text);
                break;
            case DeltaKind.SummaryBreak when _block == BlockKind.Reasoning && _isOpen:
                WriteReasoning("text"u8, "\\n\\n"u8);
                break;
            case DeltaKind.Signature when _block == BlockKind.Reasoning:
                WriteSignature(e.Text);
                break;
            case DeltaKind.Signature:
                _signature.Write(e.Text);
                break;
            case DeltaKind.Redacted when ConverseReasoning.IsNative(context.Origin) && !_isOpen:
                WriteReasoning("redactedContent"u8, e.Text);
                _isOpen = false;
                WriteBlockStop();
                break;
            case DeltaKind.Redacted:
                _redacted.Write(e.Text);
                break;
        }
    }

    private void OnText(ReadOnlySpan<byte> text)
    {
        switch (_block)
        {
            case BlockKind.Reasoning:
                WriteReasoning("text"u8, text);
                break;
            case BlockKind.Tool:
                ReleaseTool();
                WriteInput(text);
                break;
            case BlockKind.CustomTool:
                WriteCustomInput(text);
                break;
            case BlockKind.Media:
                WriteDelta("{\"image\":{\"source\":{\"bytes\":\""u8, text, "\"}}}"u8);
                break;
            default:
                WriteDelta("{\"text\":\""u8, text, "\"}"u8);
                break;
        }
    }

    private void OnBlockStop()
    {
        if (_block == BlockKind.CustomTool)
        {
            WriteCustomInput(default);
            WriteInput("\\\"}"u8);
        }

        ReleaseTool();
        if (_isOpen)
        {
            WriteBlockStop();
        }

        ReleaseState();
    }

    /// <summary>Blocks of their own for state that came with a block which cannot hold it.</summary>
    private void ReleaseState()
    {
        if (_signature.WrittenCount > 0)
        {
            _hasSignature = false;
            WriteSignature(_signature.WrittenSpan);
            WriteBlockStop();
            _signature.ResetWrittenCount();
        }

        if (_redacted.WrittenCount > 0)
        {
            StartDelta();
            _payload.Write("{\"reasoningContent\":{\"redactedContent\":\""u8);
            ConverseReasoning.WriteRedacted(_redacted.WrittenSpan, context.Origin, _payload);
            EndDelta("\"}}"u8);
            WriteBlockStop();
            _redacted.ResetWrittenCount();
        }
    }

    private void ReleaseTool()
    {
        if (_heldId is not { } id)
        {
            return;
        }

        _heldId = null;
        ReleaseState();
        var json = BeginStart("toolUse"u8);
        json.Member("toolUseId"u8, id);
        json.Member("name"u8, _heldName);
        EndStart(ref json);
    }

    /// <summary>A contentBlockStart event up to the members of what it starts.</summary>
    private JsonEmitter BeginStart(ReadOnlySpan<byte> kind)
    {
        var json = new JsonEmitter(_payload);
        json.StartObject();
        json.StartObject("start"u8);
        json.StartObject(kind);
        return json;
    }

    private void EndStart(ref JsonEmitter json)
    {
        json.EndObject();
        json.EndObject();
        json.Member("contentBlockIndex"u8, _index);
        json.EndObject();
        Send("contentBlockStart"u8);
        _isOpen = true;
    }

    /// <summary>A free-form tool's input as the one string member of an object; the text is JSON in JSON, so it is escaped again.</summary>
    private void WriteCustomInput(ReadOnlySpan<byte> text)
    {
        if (_heldId is not null)
        {
            ReleaseTool();
            WriteInput("{\\\"input\\\":\\\""u8);
        }

        if (!text.IsEmpty)
        {
            StartDelta();
            _payload.Write("{\"toolUse\":{\"input\":\""u8);
            JsonQuote.Write(text, _payload);
            EndDelta("\"}}"u8);
        }
    }

    private void WriteInput(ReadOnlySpan<byte> text) => WriteDelta("{\"toolUse\":{\"input\":\""u8, text, "\"}}"u8);

    private void WriteReasoning(ReadOnlySpan<byte> member, ReadOnlySpan<byte> text)
    {
        StartDelta();
        _payload.Write("{\"reasoningContent\":{\""u8);
        _payload.Write(member);
        _payload.Write("\":\""u8);
        _payload.Write(text);
        EndDelta("\"}}"u8);
    }

    private void WriteSignature(ReadOnlySpan<byte> data)
    {
        if (_hasSignature)
        {
            WriteReasoning("signature"u8, data);
            return;
        }

        _hasSignature = true;
        StartDelta();
        _payload.Write("{\"reasoningContent\":{\"signature\":\""u8);
        ConverseReasoning.WriteSignature(data, context.Origin, _payload);
        EndDelta("\"}}"u8);
    }

    private void WriteImageStart(ReadOnlySpan<byte> format)
    {
        var json = BeginStart("image"u8);
        json.Member("format"u8, format);
        EndStart(ref json);
    }

    private void WriteCitation(Citation citation)
    {
        StartDelta();
        _payload.Write("{\"citation\":"u8);
        var json = new JsonEmitter(_payload);
        ConverseCitations.Write(ref json, citation);
        EndDelta("}"u8);
    }

    private void WriteDelta(ReadOnlySpan<byte> before, ReadOnlySpan<byte> text, ReadOnlySpan<byte> after)
    {
        StartDelta();
        _payload.Write(before);
        _payload.Write(text);
        EndDelta(after);
    }

    private void StartDelta()
    {
        _payload.Write("{\"contentBlockIndex\":"u8);
        new JsonEmitter(_payload).Number(_index);
        _payload.Write(",\"delta\":"u8);
    }

    private void EndDelta(ReadOnlySpan<byte> after)
    {
        _payload.Write(after);
        _payload.Write("}"u8);
        Send("contentBlockDelta"u8);
        _isOpen = true;
    }

    private void WriteBlockStop()
    {
        _payload.Write("{\"contentBlockIndex\":"u8);
        new JsonEmitter(_payload).Number(_index);
        _payload.Write("}"u8);
        Send("contentBlockStop"u8);
        _index++;
        _isOpen = false;
    }

    private void WriteStop(StopReason stop)
    {
        var json = new JsonEmitter(_payload);
        json.StartObject();
        json.Member("stopReason"u8, ConverseStops.Write(stop, _hasTools, context.Losses));
        ConverseStops.WriteFields(ref json, stop, context.Request);
        json.EndObject();
        Send("messageStop"u8);
    }

    private void WriteMetadata()
    {
        var json = new JsonEmitter(_payload);
        json.StartObject();
        json.Name("usage"u8);
        ConverseUsage.Write(ref json, _usage);
        json.StartObject("metrics"u8);
        json.Member("latencyMs"u8, context.ElapsedMs);
        json.EndObject();
        json.EndObject();
        Send("metadata"u8);
    }

    private void Send(ReadOnlySpan<byte> name)
    {
        EventStreamWriter.WriteEvent(output, name, _payload.WrittenSpan);
        _payload.ResetWrittenCount();
    }
}
