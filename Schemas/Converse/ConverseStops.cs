using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// StopReason of Converse (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html) to the hub and back.
/// The enum is closed for typed clients, so a foreign word is never written.
/// </summary>
internal static class ConverseStops
{
    public static StopReason Read(ReadOnlySpan<byte> word, JsonText sequence)
    {
        var kind = word switch
        {
            _ when word.SequenceEqual("end_turn"u8) => StopKind.Stop,
            _ when word.SequenceEqual("tool_use"u8) => StopKind.ToolCalls,
            _ when word.SequenceEqual("max_tokens"u8) => StopKind.Length,
            _ when word.SequenceEqual("stop_sequence"u8) => StopKind.StopSequence,
            _ when word.SequenceEqual("guardrail_intervened"u8) || word.SequenceEqual("content_filtered"u8) => StopKind.ContentFilter,
            _ when word.SequenceEqual("model_context_window_exceeded"u8) => StopKind.ContextWindow,
            _ when word.IsEmpty => StopKind.Unknown,
            _ => StopKind.Other,
        };
        return new StopReason(kind, kind == StopKind.Other ? new JsonText(word.ToArray()) : default, sequence);
    }

    /// <summary>The word for <paramref name="stop"/>. Agents go on only at tool_use, so a call that is there decides over a plain stop.</summary>
    public static ReadOnlySpan<byte> Write(StopReason stop, bool hasTools, Losses losses)
    {
        switch (stop.Kind)
        {
            case StopKind.ToolCalls:
            case StopKind.Unknown or StopKind.Stop when hasTools:
                return "tool_use"u8;
            case StopKind.Length:
                return "max_tokens"u8;
            case StopKind.ContentFilter or StopKind.Refusal:
                return "content_filtered"u8;
            case StopKind.StopSequence:
                return "stop_sequence"u8;
            case StopKind.ContextWindow:
                return "model_context_window_exceeded"u8;
            case StopKind.Other when stop.Native.Is("malformed_tool_use"u8):
                return "malformed_tool_use"u8;
            case StopKind.Other when stop.Native.Is("malformed_model_output"u8):
                return "malformed_model_output"u8;
            case StopKind.Other or StopKind.Pause:
                losses.Add("answer.stop", LossReason.Unsupported);
                return hasTools ? "tool_use"u8 : "end_turn"u8;
            default:
                return "end_turn"u8;
        }
    }

    /// <summary>
    /// additionalModelResponseFields with the stop sequence, where the caller asked for it by one of the JSON pointers that
    /// Claude answers to.
    /// </summary>
    public static void WriteFields(ref JsonEmitter json, StopReason stop, ChatRequest? request)
    {
        if (stop.Sequence.IsEmpty || request is null)
        {
            return;
        }

        foreach (var member in request.Extra)
        {
            if (member.Name != "additionalModelResponseFieldPaths" || member.Value.Span.IndexOf("/stop_sequence\""u8) < 0)
            {
                continue;
            }

            var isNested = member.Value.Span.IndexOf("\"/delta/stop_sequence\""u8) >= 0;
            json.StartObject("additionalModelResponseFields"u8);
            if (isNested)
            {
                json.StartObject("delta"u8);
            }

            json.Member("stop_sequence"u8, stop.Sequence);
            if (isNested)
            {
                json.EndObject();
            }

            json.EndObject();
            return;
        }
    }
}
