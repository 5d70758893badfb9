using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>FinishReason and BlockReason (ai.google.dev/api/generate-content#FinishReason) to the hub and back.</summary>
internal static class GenerateContentStops
{
    /// <summary>There is no word for a tool call: STOP with calls is one.</summary>
    public static StopReason Read(ReadOnlySpan<byte> word, bool hasTools)
    {
        if (word.IsEmpty || word.SequenceEqual("STOP"u8) || word.SequenceEqual("OTHER"u8) || word.SequenceEqual("FINISH_REASON_UNSPECIFIED"u8))
        {
            return new StopReason(hasTools ? StopKind.ToolCalls : StopKind.Stop);
        }

        if (word.SequenceEqual("MAX_TOKENS"u8))
        {
            return new StopReason(StopKind.Length);
        }

        var isFiltered = word.SequenceEqual("RECITATION"u8) || word.SequenceEqual("LANGUAGE"u8) || word.SequenceEqual("BLOCKLIST"u8)
            || word.SequenceEqual("SPII"u8) || word.IndexOf("SAFETY"u8) >= 0 || word.IndexOf("PROHIBITED"u8) >= 0
            || word.SequenceEqual("IMAGE_RECITATION"u8) || word.SequenceEqual("MODEL_ARMOR"u8);
        return isFiltered ? new StopReason(StopKind.ContentFilter) : new StopReason(StopKind.Other, new JsonText(word.ToArray()));
    }

    public static ReadOnlySpan<byte> Write(StopReason stop) => stop.Kind switch
    {
        StopKind.Length or StopKind.ContextWindow => "MAX_TOKENS"u8,
        StopKind.ContentFilter or StopKind.Refusal => "SAFETY"u8,
        StopKind.Other => "OTHER"u8,
        _ => "STOP"u8,
    };

    /// <summary>The reason's word; some front ends write the enum's number (google.ai.generativelanguage.v1beta.Candidate.FinishReason).</summary>
    public static ReadOnlySpan<byte> Word(scoped in JsonMembers member) => member.Kind != JsonTokenType.Number ? member.Text : member.Integer switch
    {
        0 => "FINISH_REASON_UNSPECIFIED"u8,
        1 => "STOP"u8,
        2 => "MAX_TOKENS"u8,
        3 => "SAFETY"u8,
        4 => "RECITATION"u8,
        _ => "OTHER"u8,
    };
}
