using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// finish_reason both ways (platform.openai.com/docs/api-reference/chat/object). Clients know five words and some of them, OpenAI's
/// for .NET among them, throw at a sixth: a word of the upstream's own is told beside, as native_finish_reason
/// (openrouter.ai/docs/api-reference/overview#finish-reason).
/// </summary>
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
            _ when word.SequenceEqual("tool_call"u8) => StopKind.ToolCalls, // DeepSeek R1 on Azure
            _ when word.SequenceEqual("eos"u8) => StopKind.Stop, // Together: the end-of-sequence token
            _ when word.SequenceEqual("model_length"u8) => StopKind.Length, // Mistral
            _ => StopKind.Other,
        };
    }

    /// <summary>The word for a reason; where the upstream gave none or a plain stop, a tool call decides.</summary>
    public static ReadOnlySpan<byte> Word(StopReason stop, bool hasToolCalls) => stop.Kind switch
    {
        StopKind.Length or StopKind.ContextWindow => "length"u8,
        StopKind.ContentFilter or StopKind.Refusal => "content_filter"u8,
        StopKind.StopSequence or StopKind.Pause => "stop"u8,

        // Also where the provider says tool calls: a call of its own tools is nothing for the caller to do.
        _ => hasToolCalls ? "tool_calls"u8 : "stop"u8,
    };
}
