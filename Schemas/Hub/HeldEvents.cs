using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// What happened to a block while it could not be shown: its start, deltas, citations and log probabilities, copied into
/// one pooled buffer and played back in order. Consecutive deltas of one kind become one.
/// </summary>
internal sealed class HeldEvents
{
    /// <summary>What an entry costs beside its bytes, so that empty events cannot grow without end either.</summary>
    private const int EntryCost = 48;

    private const int FirstSize = 256;

    private readonly List<Entry> _entries = [];
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Memory held so far.</summary>
    public int Cost => _length + (_entries.Count * EntryCost);

    public void Add(in ResponseEvent e)
    {
        if (e.Kind == EventKind.BlockDelta && _entries.Count > 0 && Extends(_entries[^1], e))
        {
            var text = Copy(e.Text);
            _entries[^1] = _entries[^1] with { Text = _entries[^1].Text.Start..text.End };
            return;
        }

        _entries.Add(new Entry(e.Kind, e.Block, e.Delta, e.Citation, e.Outcome)
        {
            Text = Copy(e.Text),
            Id = Copy(e.Id),
            Name = Copy(e.Name),
            Namespace = Copy(e.Namespace),
            Raw = Copy(e.Raw),
        });
    }

    /// <summary>Plays everything into <paramref name="sink"/> under the block's final number and forgets it.</summary>
    public void Replay(IResponseSink sink, int choice, int number)
    {
        foreach (var entry in _entries)
        {
            sink.On(new ResponseEvent
            {
                Kind = entry.Kind,
                Index = number,
                Choice = choice,
                Block = entry.Block,
                Delta = entry.Delta,
                Text = _bytes.AsSpan(entry.Text),
                Id = _bytes.AsSpan(entry.Id),
                Name = _bytes.AsSpan(entry.Name),
                Namespace = _bytes.AsSpan(entry.Namespace),
                Raw = _bytes.AsSpan(entry.Raw),
                Citation = entry.Citation,
                Outcome = entry.Outcome,
            });
        }

        Clear();
    }

    public void Clear()
    {
        _entries.Clear();
        _length = 0;
        if (_bytes.Length > 0)
        {
            ByteArrays.Return(_bytes);
            _bytes = [];
        }
    }

    private static bool Extends(Entry last, in ResponseEvent e) =>
        last.Kind == EventKind.BlockDelta && last.Delta == e.Delta && e.Delta != DeltaKind.SummaryBreak;

    private Range Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return _length.._length;
        }

        if (_length + bytes.Length > _bytes.Length)
        {
            Grow(_length + bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        var start = _length;
        _length += bytes.Length;
        return start.._length;
    }

    private void Grow(int needed)
    {
        var larger = ByteArrays.Rent(Math.Max(FirstSize, Math.Max(needed, _bytes.Length * 2)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ByteArrays.Return(_bytes);
        }

        _bytes = larger;
    }

    private readonly record struct Entry(EventKind Kind, BlockKind Block, DeltaKind Delta, Citation? Citation, ServerToolOutcome? Outcome)
    {
        public Range Text { get; init; }

        public Range Id { get; init; }

        public Range Name { get; init; }

        public Range Namespace { get; init; }

        public Range Raw { get; init; }
    }
}
