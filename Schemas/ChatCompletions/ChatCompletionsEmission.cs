using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>Passes on the events of one frame and remembers whether they were no more than one text delta.</summary>
internal ref struct ChatCompletionsEmission(ReadOnlySpan<byte> frame, IResponseSink sink)
{
    private int _events;
    private bool _hasOther;

    public ReadOnlySpan<byte> Frame { get; } = frame;

    public IResponseSink Sink { get; } = sink;

    public int TextStart { get; private set; }

    public int TextLength { get; private set; }

    public int Block { get; private set; }

    public int Choice { get; private set; }

    public readonly bool IsOneTextDelta => _events == 1 && !_hasOther;

    public void On(in ResponseEvent e)
    {
        _hasOther = true;
        Sink.On(in e);
    }

    /// <summary>A delta of a block whose growth changes nothing but the block.</summary>
    public void TextDelta(int block, int choice, ReadOnlySpan<byte> text)
    {
        _events++;
        _hasOther |= !Frame.Overlaps(text, out var start);
        (TextStart, TextLength, Block, Choice) = (start, text.Length, block, choice);
        Sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = block, Choice = choice, Text = text });
    }
}
