namespace BifrostLite.Schemas.Hub;

/// <summary>
/// One step of an answer on its way from an upstream dialect to the caller's. Lives only during the call of
/// <see cref="IResponseSink.On"/>; spans point into the frame that was read. Text, Id and Name are escaped JSON text.
/// </summary>
internal readonly ref struct ResponseEvent
{
    public required EventKind Kind { get; init; }

    public static ResponseEvent Of(in Usage usage) => new() { Kind = EventKind.Usage, Figures = new ReadOnlySpan<Usage>(in usage) };

    /// <summary>The block's number as the decoder counts; the guard makes them dense.</summary>
    public int Index { get; init; }

    /// <summary>Which of several alternative answers (n > 1); 0 for the first.</summary>
    public int Choice { get; init; }

    public BlockKind Block { get; init; }

    public DeltaKind Delta { get; init; }

    public ReadOnlySpan<byte> Text { get; init; }

    public ReadOnlySpan<byte> Id { get; init; }

    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Namespace of a namespaced tool (Codex) at its BlockStart, escaped; empty where there is none.</summary>
    public ReadOnlySpan<byte> Namespace { get; init; }

    /// <summary>A raw JSON value; its meaning depends on <see cref="Kind"/>.</summary>
    public ReadOnlySpan<byte> Raw { get; init; }

    /// <summary>Seconds since 1970; 0 where the upstream gives none.</summary>
    public long Created { get; init; }

    /// <summary>Where the token figures lie that come with MessageStart and Usage; few events carry them, and they are large.</summary>
    public ReadOnlySpan<Usage> Figures { get; init; }

    public Usage Usage => Figures.IsEmpty ? default : Figures[0];

    public StopReason Stop { get; init; }

    public Citation? Citation { get; init; }

    public ServerToolOutcome? Outcome { get; init; }

    public GatewayError? Error { get; init; }
}
