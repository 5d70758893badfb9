using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// reasoning_details of answers: {type reasoning.text|summary|encrypted, text|summary|data, signature, id, index}
/// (openrouter.ai/docs/use-cases/reasoning-tokens). Beside them the same text stands in "reasoning"; it is taken once.
/// </summary>
internal static class ChatCompletionsReasoning
{
    public static void Read(in ChatCompletionsDelta delta, ChatCompletionsBlocks blocks, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        var hasText = false;
        var items = new JsonElements(delta.ReasoningDetails);
        while (items.MoveNext())
        {
            hasText |= !Text(items.Value).IsEmpty;
        }

        if (!hasText)
        {
            blocks.GrowReasoning(state, delta.Reasoning, ref sink);
        }

        items = new JsonElements(delta.ReasoningDetails);
        while (items.MoveNext())
        {
            ReadItem(items.Value, blocks, state, ref sink);
        }
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> item)
    {
        var text = JsonSlice.Text(JsonSlice.Member(item, "text"u8));
        return text.IsEmpty ? JsonSlice.Text(JsonSlice.Member(item, "summary"u8)) : text;
    }

    private static void ReadItem(ReadOnlySpan<byte> item, ChatCompletionsBlocks blocks, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        var index = JsonSlice.Number(JsonSlice.Member(item, "index"u8));
        var isOther = index is not null && state.DetailIndex is not null && index != state.DetailIndex;
        var text = Text(item);
        var signature = JsonSlice.Text(JsonSlice.Member(item, "signature"u8));
        var data = JsonSlice.Text(JsonSlice.Member(item, "data"u8));
        if (text.IsEmpty && signature.IsEmpty && data.IsEmpty)
        {
            return;
        }

        // Hidden reasoning stands alone unless it has the index of the summary before it.
        if (state.OpenKind == BlockKind.Reasoning && (isOther || (state.IsSigned && !text.IsEmpty) || (!data.IsEmpty && index != state.DetailIndex)))
        {
            ChatCompletionsBlocks.CloseText(state, ref sink);
        }

        var block = blocks.Open(state, BlockKind.Reasoning, JsonSlice.Text(JsonSlice.Member(item, "id"u8)), ref sink);
        state.DetailIndex = index ?? state.DetailIndex;
        blocks.Grow(state, BlockKind.Reasoning, text, ref sink);
        State(DeltaKind.Signature, signature, block, state, ref sink);
        State(DeltaKind.Redacted, data, block, state, ref sink);
    }

    private static void State(DeltaKind kind, ReadOnlySpan<byte> data, int block, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        if (!data.IsEmpty)
        {
            state.IsSigned = true;
            sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = block, Choice = state.Number, Delta = kind, Text = data });
        }
    }
}
