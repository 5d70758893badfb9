
namespace BifrostLite.Schemas.Hub;

/// <summary>What an answer writer or stream encoder must know beside the events.</summary>
internal sealed record AnswerContext
{
    /// <summary>The model to name where the upstream names none.</summary>
    public required string Model { get; init; }

    /// <summary>Who answers; opaque reasoning state is tagged with it where the caller's dialect is not its own.</summary>
    public required Origin Origin { get; init; }

    /// <summary>The caller's request; null where none was read (verbatim).</summary>
    public ChatRequest? Request { get; init; }

    /// <summary>The caller's request as bytes, for dialects whose answers echo it.</summary>
    public ReadOnlyMemory<byte> RequestBody { get; init; }

    /// <summary>A number unique to this exchange, from which ids are made where the upstream gives none.</summary>
    public required string ExchangeId { get; init; }

    /// <summary>When the request came, seconds since 1970: the created time where the upstream gives none.</summary>
    public required long Created { get; init; }

    /// <summary>Events of the stream that have passed verbatim, where only its failure is left to tell: some dialects count events.</summary>
    public long EventsBefore { get; init; }

    /// <summary>For the time at which an answer was complete.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Keeps what the answer came to; null where nothing is kept.</summary>
    public IAnswerKeeper? Keeper { get; init; }

    public required Losses Losses { get; init; }

    /// <summary>Stopwatch ticks when the request came, for dialects whose answers tell how long they took; 0 where unknown.</summary>
    public long StartedAt { get; init; }

    public long ElapsedMs => StartedAt == 0 ? 0 : (long)Clock.GetElapsedTime(StartedAt).TotalMilliseconds;
}
