using System.Buffers;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Collects the events of one answer into a <see cref="ChatAnswer"/>. Stands behind a <see cref="StreamGuard"/>, so events
/// come in legal order and blocks are numbered densely. Everything but the memory of citations and outcomes is copied, unless it lies
/// in the answer's own bytes.
/// </summary>
/// <param name="source">The bytes the events are read from, where they outlive the answer; empty where all must be copied.</param>
internal sealed class AnswerBuilder(ReadOnlyMemory<byte> source = default) : IResponseSink
{
    private readonly List<GrowingBlock> _growing = new(1);

    public ChatAnswer Answer { get; } = new();

    /// <summary>End or Error came: the answer is all there will be.</summary>
    public bool IsComplete { get; private set; }

    public void On(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.MessageStart:
                Answer.Id = Copy(e.Id);
                Answer.Model = Copy(e.Name);
                Answer.Created = e.Created;
                Merge(e.Figures);
                break;
            case EventKind.BlockStart:
                Begin(e);
                break;
            case EventKind.BlockDelta:
                _growing[e.Index].Add(e.Delta, e.Text, source);
                break;
            case EventKind.BlockStop:
                _growing[e.Index].Settle();
                break;
            case EventKind.Annotation when e.Citation is { } citation:
                Answer.Blocks[e.Index].Citations.Add(citation);
                break;
            case EventKind.Logprobs:
                _growing[e.Index].AddLogprobs(e.Raw);
                break;
            case EventKind.Usage:
                Merge(e.Figures);
                break;
            case EventKind.Finish:
                Finish(e.Choice, e.Stop);
                break;
            case EventKind.Extension:
                Answer.Extensions.Add(new ExtraMember(new JsonText(e.Name.ToArray()).Decode(), new RawJson(Kept(e.Raw, source))));
                break;
            default:
                End(e.Error);
                break;
        }
    }

    private void Begin(in ResponseEvent e)
    {
        var block = new AnswerBlock(e.Block, e.Choice)
        {
            Id = Copy(e.Id),
            Name = Copy(e.Name),
            Namespace = Copy(e.Namespace),
            Outcome = e.Outcome,
            Raw = new RawJson(Kept(e.Raw, source)),
        };
        Answer.Blocks.Add(block);
        _growing.Add(new GrowingBlock(block));
    }

    private void Merge(ReadOnlySpan<Usage> figures)
    {
        if (!figures.IsEmpty)
        {
            Answer.Usage.Merge(in figures[0]);
        }
    }

    private void Finish(int choice, in StopReason stop)
    {
        Answer.Stops.EnsureCapacity(choice + 1);
        while (Answer.Stops.Count <= choice)
        {
            Answer.Stops.Add(default);
        }

        Answer.Stops[choice] = stop with { Native = Copy(stop.Native.Span), Sequence = Copy(stop.Sequence.Span) };
    }

    /// <summary>An answer that failed keeps what had come, for the books.</summary>
    private void End(GatewayError? error)
    {
        Answer.Error = error;
        IsComplete = true;
        foreach (var block in _growing)
        {
            block.Settle();
        }
    }

    private JsonText Copy(ReadOnlySpan<byte> text) => new(Kept(text, source));

    private static ReadOnlyMemory<byte> Kept(ReadOnlySpan<byte> bytes, ReadOnlyMemory<byte> source)
    {
        if (bytes.IsEmpty)
        {
            return default;
        }

        // A span over memory of the source lies in it as a whole: what only begins there is not of it.
        return source.Span.Overlaps(bytes, out var at) && at >= 0 && at + bytes.Length <= source.Length ? source.Slice(at, bytes.Length) : bytes.ToArray();
    }

    /// <summary>A block and the buffers its deltas are joined in; they become the block's own memory.</summary>
    private sealed class GrowingBlock(AnswerBlock block)
    {
        /// <summary>The first piece, which mostly is all there is.</summary>
        private ReadOnlyMemory<byte> _first;
        private ArrayBufferWriter<byte>? _text;
        private ArrayBufferWriter<byte>? _signature;
        private ArrayBufferWriter<byte>? _redacted;
        private ArrayBufferWriter<byte>? _logprobs;

        public void Add(DeltaKind kind, ReadOnlySpan<byte> text, ReadOnlyMemory<byte> source)
        {
            switch (kind)
            {
                case DeltaKind.SummaryBreak:
                    block.SummaryBreaks.Add(_text?.WrittenCount ?? _first.Length);
                    break;
                case DeltaKind.Signature:
                    (_signature ??= new()).Write(text);
                    break;
                case DeltaKind.Redacted:
                    (_redacted ??= new()).Write(text);
                    break;
                default:
                    AddText(text, source);
                    break;
            }
        }

        private void AddText(ReadOnlySpan<byte> text, ReadOnlyMemory<byte> source)
        {
            if (_first.IsEmpty && _text is null)
            {
                _first = Kept(text, source);
                return;
            }

            if (_text is null)
            {
                _text = new ArrayBufferWriter<byte>(2 * (_first.Length + text.Length));
                _text.Write(_first.Span);
            }

            _text.Write(text);
        }

        /// <summary>Joins arrays: what stands between the brackets, with a comma where both sides have something.</summary>
        public void AddLogprobs(ReadOnlySpan<byte> array)
        {
            var items = array.Trim(" \t\r\n"u8);
            if (items is not [(byte)'[', .., (byte)']'])
            {
                return;
            }

            items = items[1..^1].Trim(" \t\r\n"u8);
            _logprobs ??= new();
            _logprobs.Write(_logprobs.WrittenCount == 0 ? "["u8 : items.IsEmpty || _logprobs.WrittenCount == 1 ? ""u8 : ","u8);
            _logprobs.Write(items);
        }

        public void Settle()
        {
            block.Text = _text is null ? new JsonText(_first) : Joined(_text);
            block.Signature = Joined(_signature);
            block.Redacted = Joined(_redacted);
            if (_logprobs is not null && block.Logprobs.IsAbsent)
            {
                _logprobs.Write("]"u8);
                block.Logprobs = new RawJson(_logprobs.WrittenMemory);
            }
        }

        private static JsonText Joined(ArrayBufferWriter<byte>? bytes) => new(bytes?.WrittenMemory ?? default);
    }
}
