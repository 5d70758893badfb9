using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>Stop reasons both ways (platform.claude.com/docs/en/build-with-claude/handling-stop-reasons).</summary>
internal static class MessagesStops
{
    /// <summary>The stop of a message object or of a message_delta's delta, which share their members.</summary>
    public static StopReason Read(JsonBody body, JsonValue source)
    {
        var word = body.TextOf(source, "stop_reason"u8);
        var kind = KindOf(word.Span);
        return new StopReason(kind, kind == StopKind.Other ? word : default, body.TextOf(source, "stop_sequence"u8));
    }

    public static StopKind KindOf(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.IsEmpty => StopKind.Unknown,
        _ when word.SequenceEqual("end_turn"u8) => StopKind.Stop,
        _ when word.SequenceEqual("tool_use"u8) => StopKind.ToolCalls,
        _ when word.SequenceEqual("max_tokens"u8) => StopKind.Length,
        _ when word.SequenceEqual("stop_sequence"u8) => StopKind.StopSequence,
        _ when word.SequenceEqual("pause_turn"u8) => StopKind.Pause,
        _ when word.SequenceEqual("refusal"u8) => StopKind.Refusal,
        _ when word.SequenceEqual("model_context_window_exceeded"u8) => StopKind.ContextWindow,
        _ => StopKind.Other,
    };

    /// <summary>
    /// The word for a stop. Clients run tools when, and only when, it is tool_use: the blocks that were sent decide where
    /// the upstream says something else or nothing.
    /// </summary>
    public static ReadOnlySpan<byte> WordOf(StopReason stop, bool hasTools, AnswerContext context)
    {
        if (stop.Kind != StopKind.Other)
        {
            return WordOf(stop.Kind, hasTools);
        }

        // A word that Anthropic has added since is for its callers; those of others are not in their clients' lists.
        if (context.Origin.Dialect == DialectNames.Messages)
        {
            return stop.Native.Span;
        }

        context.Losses.Add("answer.stop", LossReason.Unsupported);
        return WordOf(StopKind.Unknown, hasTools);
    }

    private static ReadOnlySpan<byte> WordOf(StopKind kind, bool hasTools) => kind switch
    {
        StopKind.Length => "max_tokens"u8,
        StopKind.StopSequence => "stop_sequence"u8,
        StopKind.Pause => "pause_turn"u8,
        StopKind.ContentFilter or StopKind.Refusal => "refusal"u8,
        StopKind.ContextWindow => "model_context_window_exceeded"u8,
        _ => hasTools ? "tool_use"u8 : "end_turn"u8,
    };
}
