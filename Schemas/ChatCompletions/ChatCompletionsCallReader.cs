using System.Runtime.InteropServices;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Tool calls of answers, in pieces or whole: with or without index, id and type, arguments as text or (against the
/// documentation) as an object, and the legacy function_call.
/// </summary>
internal static class ChatCompletionsCallReader
{
    /// <summary>An index no vendor uses, for the one call of function_call.</summary>
    private const int LegacyKey = -1;

    public static void Read(in ChatCompletionsDelta delta, ChatCompletionsBlocks blocks, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        var calls = new JsonElements(delta.ToolCalls);
        while (calls.MoveNext())
        {
            var call = calls.Value;
            // Snowflake fills both shapes in, one of them with empty strings.
            var custom = JsonSlice.Member(call, "custom"u8);
            var isCustom = JsonSlice.IsObject(custom) && !JsonSlice.Member(call, "type"u8).SequenceEqual("\"function\""u8);
            var body = isCustom ? custom : JsonSlice.Member(call, "function"u8);
            var known = Take(
                (int?)JsonSlice.Number(JsonSlice.Member(call, "index"u8)), JsonSlice.Text(JsonSlice.Member(call, "id"u8)), body, state);
            known.IsCustom |= isCustom;
            Grow(known, body, blocks, state, ref sink);

            // Gemini behind its OpenAI surface (ai.google.dev/gemini-api/docs/openai).
            var google = JsonSlice.Member(JsonSlice.Member(call, "extra_content"u8), "google"u8);
            Sign(known, JsonSlice.Text(JsonSlice.Member(google, "thought_signature"u8)), state, ref sink);
        }

        if (!JsonSlice.Text(JsonSlice.Member(delta.FunctionCall, "name"u8)).IsEmpty || state.Calls.Exists(static c => c.Key == LegacyKey))
        {
            Grow(Take(LegacyKey, default, delta.FunctionCall, state), delta.FunctionCall, blocks, state, ref sink);
        }
    }

    public static void CloseAll(ChatCompletionsChoiceState state, ChatCompletionsBlocks blocks, ref ChatCompletionsEmission sink)
    {
        foreach (var call in state.Calls)
        {
            Start(call, default, blocks, state, ref sink);
            ChatCompletionsBlocks.Stop(state, call.Block, ref sink);
        }
    }

    private static ChatCompletionsToolCall Take(int? key, ReadOnlySpan<byte> id, ReadOnlySpan<byte> body, ChatCompletionsChoiceState state)
    {
        var known = state.Find(key, id, hasName: !JsonSlice.Text(JsonSlice.Member(body, "name"u8)).IsEmpty);
        if (known is null)
        {
            known = new ChatCompletionsToolCall(key, Encoding.UTF8.GetString(id));
            state.Calls.Add(known);
        }
        else if (known.Id.Length == 0 && !id.IsEmpty)
        {
            known.Id = Encoding.UTF8.GetString(id);
        }

        return known;
    }

    private static void Grow(
        ChatCompletionsToolCall call, ReadOnlySpan<byte> body, ChatCompletionsBlocks blocks, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        var name = JsonSlice.Text(JsonSlice.Member(body, "name"u8));
        if (call.Block < 0 && !name.IsEmpty)
        {
            ChatCompletionsBlocks.CloseText(state, ref sink);
            Start(call, name, blocks, state, ref sink);
        }

        var arguments = JsonSlice.Member(body, call.IsCustom ? "input"u8 : "arguments"u8);
        var text = JsonSlice.IsObject(arguments) ? JsonText.FromUtf8(arguments).Span : JsonSlice.Text(arguments);
        if (text.IsEmpty)
        {
            return;
        }

        if (call.Block < 0)
        {
            call.Held.AddRange(text);
            return;
        }

        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = call.Block, Choice = state.Number, Text = text });
    }

    private static void Start(
        ChatCompletionsToolCall call, ReadOnlySpan<byte> name, ChatCompletionsBlocks blocks, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        if (call.Block >= 0)
        {
            return;
        }

        var id = call.Id.Length > 0 ? Encoding.UTF8.GetBytes(call.Id) : MakeId(blocks.AnswerId, state, call);
        call.Block = blocks.Start(state, call.IsCustom ? BlockKind.CustomTool : BlockKind.Tool, id, name, ref sink);
        if (call.Held.Count > 0)
        {
            var held = CollectionsMarshal.AsSpan(call.Held);
            sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = call.Block, Choice = state.Number, Text = held });
        }
    }

    private static void Sign(ChatCompletionsToolCall call, ReadOnlySpan<byte> signature, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        if (!signature.IsEmpty && call.Block >= 0)
        {
            sink.On(new ResponseEvent
            {
                Kind = EventKind.BlockDelta,
                Index = call.Block,
                Choice = state.Number,
                Delta = DeltaKind.Signature,
                Text = signature,
            });
        }
    }

    /// <summary>An id from the answer's own, so that it differs from every other turn's; random where the answer has none.</summary>
    private static byte[] MakeId(byte[] answer, ChatCompletionsChoiceState state, ChatCompletionsToolCall call)
    {
        Span<char> kept = stackalloc char[24];
        var length = 0;
        for (var i = answer.Length - 1; i >= 0 && length < kept.Length; i--)
        {
            if (char.IsAsciiLetterOrDigit((char)answer[i]))
            {
                kept[length++] = (char)answer[i];
            }
        }

        kept[..length].Reverse();
        var stem = length > 0 ? kept[..length].ToString() : Guid.NewGuid().ToString("N")[..24];
        return Encoding.ASCII.GetBytes($"call_{stem}{state.Number}{state.Calls.IndexOf(call)}");
    }
}
