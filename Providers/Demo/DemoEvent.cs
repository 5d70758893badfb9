using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Demo;

/// <summary>One event of a demo answer and how long to wait before it: a <see cref="ResponseEvent"/> that can be kept.</summary>
internal sealed record DemoEvent(EventKind Kind)
{
    public TimeSpan Delay { get; init; }

    public int Index { get; init; }

    public BlockKind Block { get; init; }

    public DeltaKind Delta { get; init; }

    public JsonText Text { get; init; }

    public JsonText Id { get; init; }

    public JsonText Name { get; init; }

    public JsonText Namespace { get; init; }

    public Usage Usage { get; init; }

    public StopReason Stop { get; init; }

    public GatewayError? Error { get; init; }

    /// <summary>The connection breaks here; nothing is played.</summary>
    public bool IsCut { get; init; }

    public void Play(IResponseSink sink)
    {
        var usage = Usage;
        sink.On(new ResponseEvent
        {
            Kind = Kind,
            Index = Index,
            Block = Block,
            Delta = Delta,
            Text = Text.Span,
            Id = Id.Span,
            Name = Name.Span,
            Namespace = Namespace.Span,
            Figures = new ReadOnlySpan<Usage>(in usage),
            Stop = Stop,
            Error = Error,
        });
    }
}
