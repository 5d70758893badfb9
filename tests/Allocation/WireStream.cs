using System.Buffers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Allocation;

/// <summary>One dialect's stream of text deltas as bytes, cut where the steady part begins.</summary>
internal sealed class WireStream
{
    public const int Deltas = 1000;
    private const int WarmUpDeltas = 200;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly int _steadyStart;

    public WireStream(Dialect dialect)
    {
        var context = Context(dialect.Name);
        var guard = new StreamGuard(dialect.CreateEncoder(context, _bytes), dialect.Rules, context.Losses);
        guard.On(new ResponseEvent { Kind = EventKind.MessageStart, Id = "m1"u8, Name = "model"u8, Created = 1 });
        guard.On(new ResponseEvent { Kind = EventKind.BlockStart, Block = BlockKind.Text });
        Add(guard, WarmUpDeltas);
        _steadyStart = _bytes.WrittenCount;
        Add(guard, Deltas);
    }

    /// <summary>The head of the stream and enough deltas to let buffers grow.</summary>
    public ReadOnlySpan<byte> WarmUp => _bytes.WrittenSpan[.._steadyStart];

    /// <summary>Nothing but <see cref="Deltas"/> text deltas.</summary>
    public ReadOnlySpan<byte> Steady => _bytes.WrittenSpan[_steadyStart..];

    public static FrameReader Reader(Dialect dialect) =>
        dialect.Framing == Framing.AwsEventStream ? new EventStreamFrameReader() : new SseFrameReader();

    public static AnswerContext Context(string dialect) => new()
    {
        Model = "model",
        Origin = new Origin("provider", "family", dialect),
        Request = new ChatRequest { Dialect = dialect, Model = "provider/model", Stream = true },
        RequestBody = "{}"u8.ToArray(),
        ExchangeId = "x1",
        Created = 1,
        Losses = new Losses(),
    };

    private static void Add(StreamGuard guard, int deltas)
    {
        for (var i = 0; i < deltas; i++)
        {
            guard.On(new ResponseEvent { Kind = EventKind.BlockDelta, Text = " word"u8 });
        }
    }
}

/// <summary>Takes bytes and forgets them: what is measured is never the output's own growth.</summary>
internal sealed class DiscardingWriter : IBufferWriter<byte>
{
    private readonly byte[] _bytes = new byte[1 << 20];

    public long Total { get; private set; }

    public void Advance(int count) => Total += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => _bytes;

    public Span<byte> GetSpan(int sizeHint = 0) => _bytes;
}
