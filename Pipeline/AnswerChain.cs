using System.Buffers;
using BifrostLite.Pipeline.Extras;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>
/// The way of a translated answer's events: unwrapping of tools the request wrapped, guard, tap, then whoever writes.
/// </summary>
internal sealed class AnswerChain : IDisposable
{
    private readonly StreamGuard _guard;
    private readonly CountingWriter? _written;
    private readonly SplicedOutput? _spliced;

    /// <param name="exchange">The exchange; its facts are filled.</param>
    /// <param name="rules">What the writer's dialect can show.</param>
    /// <param name="writer">An encoder or a builder.</param>
    /// <param name="written">Counts the encoder's bytes, where there is one.</param>
    /// <param name="spliced">What the encoder writes to, where frames get members of the gateway's own.</param>
    public AnswerChain(Exchange exchange, StreamRules rules, IResponseSink writer, CountingWriter? written = null, SplicedOutput? spliced = null)
    {
        _written = written;
        _spliced = spliced;
        _guard = new StreamGuard(new FactsTap(exchange.Facts, writer), rules, exchange.Losses);
        var entry = exchange.Wrapping?.Unwrap(_guard) ?? _guard;
        var candidate = exchange.Candidate!;
        Entry = candidate.Dialect == Dialects.Chat && candidate.Target.WantsReasoningBack ? new PlainReasoning(entry) : entry;
    }

    /// <summary>Where a decoder or answer reader pushes.</summary>
    public IResponseSink Entry { get; }

    public bool IsOver => _guard.HasEnded || _guard.HasFailed;

    public long BytesOut => _written?.Total ?? 0;

    /// <summary>The provider's frame that comes next, for callers who asked to see it.</summary>
    public void KeepRaw(ReadOnlySpan<byte> data) => _spliced?.KeepRaw(data);

    /// <summary>What the encoder wrote goes to the caller.</summary>
    public void Flush() => _spliced?.Flush();

    public void Dispose() => _spliced?.Dispose();

    /// <summary>The upstream closed of itself: an answer without its end becomes an error.</summary>
    public void Complete() => _guard.Complete();

    /// <summary>The upstream failed: the caller gets an error event, unless its answer was over already.</summary>
    public void Fail(GatewayError error)
    {
        if (!IsOver)
        {
            _guard.On(new ResponseEvent { Kind = EventKind.Error, Error = error });
        }
    }

    /// <summary>Notes usage, first token and end on the way.</summary>
    private sealed class FactsTap(StreamFacts facts, IResponseSink next) : IResponseSink
    {
        public void On(in ResponseEvent e)
        {
            switch (e.Kind)
            {
                case EventKind.BlockStart:
                    facts.HasContent = true;
                    break;
                case EventKind.BlockDelta:
                    facts.TextBytes += e.Text.Length;
                    break;
                case EventKind.Usage or EventKind.MessageStart when !e.Figures.IsEmpty:
                    facts.Usage.Merge(in e.Figures[0]);
                    break;
                case EventKind.Finish:
                    facts.Stop = e.Stop.Kind;
                    break;
                case EventKind.End:
                    facts.IsTerminated = true;
                    break;
                case EventKind.Error:
                    facts.Error = e.Error;
                    break;
            }

            next.On(e);
        }
    }
}

/// <summary>
/// Passes bytes on and counts them. Kestrel's writer of a chunked response may give less than asked for beyond 1 KB; encoders
/// rely on getting it, so what is missing is lent and passed on piece by piece.
/// </summary>
internal sealed class CountingWriter(IBufferWriter<byte> next) : IBufferWriter<byte>
{
    private byte[] _lent = [];
    private bool _isLent;

    public long Total { get; private set; }

    public void Advance(int count)
    {
        Total += count;
        if (_isLent)
        {
            next.Write(_lent.AsSpan(0, count));
        }
        else
        {
            next.Advance(count);
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var memory = next.GetMemory(sizeHint);
        _isLent = memory.Length < sizeHint;
        return _isLent ? Lend(sizeHint) : memory;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        var span = next.GetSpan(sizeHint);
        _isLent = span.Length < sizeHint;
        return _isLent ? Lend(sizeHint) : span;
    }

    private byte[] Lend(int size) => _lent = _lent.Length < size ? new byte[size] : _lent;
}
