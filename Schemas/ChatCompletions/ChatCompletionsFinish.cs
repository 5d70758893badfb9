using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>finish_reason both ways (platform.openai.com/docs/api-reference/chat/object; vendors' own words pass).</summary>
internal static class ChatCompletionsFinish
{
    public static StopKind Read(ReadOnlySpan<byte> word)
    {
        return word switch
        {
            _ when word.SequenceEqual("stop"u8) => StopKind.Stop,
            _ when word.SequenceEqual("length"u8) => StopKind.Length,
            _ when word.SequenceEqual("tool_calls"u8) || word.SequenceEqual("function_call"u8) => StopKind.ToolCalls,
            _ when word.SequenceEqual("content_filter"u8) => StopKind.ContentFilter,
            _ when word.SequenceEqual("eos"u8) => StopKind.Stop, // Together: the end-of-sequence token
            _ when word.SequenceEqual("model_length"u8) => StopKind.Length, // Mistral
            _ => StopKind.Other,
        };
    }

    /// <summary>The word for a reason; where the upstream gave none or a plain stop, a tool call decides.</summary>
    public static ReadOnlySpan<byte> Word(StopReason stop, bool hasToolCalls) => stop.Kind switch
    {
        StopKind.Unknown or StopKind.Stop => hasToolCalls ? "tool_calls"u8 : "stop"u8,
        StopKind.ToolCalls => hasToolCalls ? "tool_calls"u8 : "stop"u8, // a call of the provider's own tools: nothing for the caller to do
        StopKind.Length or StopKind.ContextWindow => "length"u8,
        StopKind.ContentFilter or StopKind.Refusal => "content_filter"u8,
        StopKind.Other when !stop.Native.IsEmpty => stop.Native.Span,
        _ => "stop"u8,
    };
}
