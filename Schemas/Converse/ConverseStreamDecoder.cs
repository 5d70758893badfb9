using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Reads ConverseStream messages (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html). Only
/// tools and images have a contentBlockStart; text and reasoning begin with their first delta. The stream ends with
/// metadata, or with messageStop where the upstream leaves metadata out.
/// </summary>
internal sealed class ConverseStreamDecoder : StreamDecoder
{
    private readonly Dictionary<int, BlockKind> _open = [];
    private readonly ArrayBufferWriter<byte> _resultText = new();
    private byte[] _resultId = [];
    private bool _isResultError;
    private bool _hasStopped;
    private bool _hasEnded;

    public override void OnFrame(in StreamFrame frame, IResponseSink sink)
    {
        try
        {
            Read(frame, sink);
        }
        catch (JsonException)
        {
            Fail(sink, GatewayError.Upstream("the provider's stream holds a message that is not JSON"));
        }
    }

    public override void OnUpstreamEnd(IResponseSink sink)
    {
        if (_hasStopped && !_hasEnded)
        {
            _hasEnded = true;
            sink.On(new ResponseEvent { Kind = EventKind.End });
        }
    }

    private static void Fail(IResponseSink sink, GatewayError error) => sink.On(new ResponseEvent { Kind = EventKind.Error, Error = error });

    private void Read(in StreamFrame frame, IResponseSink sink)
    {
        if (frame.IsException)
        {
            Fail(sink, ConverseErrors.ReadFrame(frame.Event, frame.Data));
        }
        else if (frame.Event.SequenceEqual("contentBlockDelta"u8))
        {
            OnDelta(ConverseDelta.Read(frame.Data), sink);
        }
        else if (frame.Event.SequenceEqual("contentBlockStart"u8))
        {
            OnBlockStart(frame.Data, sink);
        }
        else if (frame.Event.SequenceEqual("contentBlockStop"u8))
        {
            OnBlockStop(ConverseDelta.Read(frame.Data).Index, sink);
        }
        else if (frame.Event.SequenceEqual("messageStart"u8))
        {
            sink.On(new ResponseEvent { Kind = EventKind.MessageStart });
        }
        else if (frame.Event.SequenceEqual("messageStop"u8))
        {
            OnMessageStop(frame.Data, sink);
        }
        else if (frame.Event.SequenceEqual("metadata"u8))
        {
            OnMetadata(frame.Data, sink);
        }
    }

    private void OnDelta(in ConverseDelta delta, IResponseSink sink)
    {
        switch (delta.Kind)
        {
            case ConverseDeltaKind.Text or ConverseDeltaKind.ToolInput or ConverseDeltaKind.ReasoningText or ConverseDeltaKind.Signature
                or ConverseDeltaKind.Redacted or ConverseDeltaKind.Image:
                Grow(delta, sink);
                break;
            case ConverseDeltaKind.Citation when ConverseCitations.Read(delta.Value) is { } citation:
                Open(delta.Index, BlockKind.Text, sink);
                sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = delta.Index, Block = BlockKind.Text, Citation = citation });
                break;
            case ConverseDeltaKind.ToolResult:
                ConverseToolResults.PlainText(delta.Value, _resultText);
                break;
        }
    }

    private void Grow(in ConverseDelta delta, IResponseSink sink)
    {
        var (block, kind) = delta.Kind switch
        {
            ConverseDeltaKind.ToolInput => (BlockKind.Tool, DeltaKind.Text),
            ConverseDeltaKind.ReasoningText => (BlockKind.Reasoning, DeltaKind.Text),
            ConverseDeltaKind.Signature => (BlockKind.Reasoning, DeltaKind.Signature),
            ConverseDeltaKind.Redacted => (BlockKind.Reasoning, DeltaKind.Redacted),
            ConverseDeltaKind.Image => (BlockKind.Media, DeltaKind.Text),
            _ => (BlockKind.Text, DeltaKind.Text),
        };
        var open = Open(delta.Index, block, sink);
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = delta.Index, Block = open, Delta = kind, Text = delta.Value });
    }

    private BlockKind Open(int index, BlockKind kind, IResponseSink sink)
    {
        if (_open.TryGetValue(index, out var open))
        {
            return open;
        }

        _open.Add(index, kind);
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = index, Block = kind });
        return kind;
    }

    private void OnBlockStart(ReadOnlySpan<byte> data, IResponseSink sink)
    {
        var start = ConverseBlockStart.Read(data);
        switch (start.Kind)
        {
            case ConverseStartKind.ToolUse:
                var isServer = start.Type.SequenceEqual(ConverseServerTools.CallType);
                var kind = isServer ? BlockKind.ServerTool : BlockKind.Tool;
                _open[start.Index] = kind;
                sink.On(new ResponseEvent
                {
                    Kind = EventKind.BlockStart,
                    Index = start.Index,
                    Block = kind,
                    Id = start.Id,
                    Name = isServer ? ConverseServerTools.HubName(start.Name) : start.Name,
                });
                break;
            case ConverseStartKind.ToolResult:
                _open[start.Index] = BlockKind.ServerToolResult;
                _resultId = start.Id.ToArray();
                _isResultError = start.Status.SequenceEqual("error"u8);
                _resultText.Clear();
                break;
            case ConverseStartKind.Image:
                _open[start.Index] = BlockKind.Media;
                Span<byte> media = [.. "image/"u8, .. start.Name];
                sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = start.Index, Block = BlockKind.Media, Name = media });
                break;
        }
    }

    private void OnBlockStop(int index, IResponseSink sink)
    {
        // A block that never grew has only a stop: nothing began, nothing ends.
        if (!_open.Remove(index, out var kind))
        {
            return;
        }

        if (kind == BlockKind.ServerToolResult)
        {
            sink.On(new ResponseEvent
            {
                Kind = EventKind.BlockStart,
                Index = index,
                Block = kind,
                Id = _resultId,
                Outcome = ConverseServerTools.Outcome(new JsonText(_resultText.WrittenSpan.ToArray()), _isResultError, default),
            });
        }

        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = index, Block = kind });
    }

    private void OnMessageStop(ReadOnlySpan<byte> data, IResponseSink sink)
    {
        ReadOnlySpan<byte> reason = default, fields = default;
        var reader = ConverseJson.Reader(data);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isReason = reader.ValueSpan.SequenceEqual("stopReason"u8);
            var isFields = reader.ValueSpan.SequenceEqual("additionalModelResponseFields"u8);
            reader.Read();
            reason = isReason && reader.TokenType == JsonTokenType.String ? reader.ValueSpan : reason;
            var raw = ConverseJson.Raw(ref reader, data);
            fields = isFields ? raw : fields;
        }

        var sequence = fields.IsEmpty ? default : new JsonText(ConverseJson.StopSequence(fields).ToArray());
        _hasStopped = true;
        sink.On(new ResponseEvent { Kind = EventKind.Finish, Stop = ConverseStops.Read(reason, sequence) });
    }

    private void OnMetadata(ReadOnlySpan<byte> data, IResponseSink sink)
    {
        var reader = ConverseJson.Reader(data);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueSpan.SequenceEqual("usage"u8);
            var isTier = reader.ValueSpan.SequenceEqual("serviceTier"u8);
            reader.Read();
            if (isUsage || isTier)
            {
                sink.On(ResponseEvent.Of(isUsage ? ConverseUsage.Read(ref reader) : ConverseUsage.ReadTier(ref reader)));
            }
            else
            {
                reader.Skip();
            }
        }

        _hasEnded = true;
        sink.On(new ResponseEvent { Kind = EventKind.End });
    }
}
