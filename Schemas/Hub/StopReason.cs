namespace BifrostLite.Schemas.Hub;

/// <summary>Why the model stopped, in the hub's vocabulary.</summary>
internal enum StopKind
{
    /// <summary>The upstream gave none; an encoder infers tool calls or a plain stop.</summary>
    Unknown,
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
    Refusal,
    StopSequence,

    /// <summary>A server tool loop paused; the caller may send the turn back to go on (Messages pause_turn).</summary>
    Pause,
    ContextWindow,

    /// <summary>A word of the upstream's own; see <see cref="StopReason.Native"/>.</summary>
    Other,
}

/// <summary>Why the model stopped.</summary>
/// <param name="Kind">The common meaning.</param>
/// <param name="Native">The upstream's own word where <see cref="StopKind.Other"/>.</param>
/// <param name="Sequence">The stop sequence that was met, escaped; empty where unknown.</param>
internal readonly record struct StopReason(StopKind Kind, JsonText Native = default, JsonText Sequence = default);
