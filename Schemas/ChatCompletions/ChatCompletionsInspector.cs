using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Learns usage, end and failure from chat answers that pass verbatim. A frame is only read when one of the few words that
/// matter stands in it: inside a string their quotes would be escaped, so a plain search cannot be fooled by content.
/// </summary>
internal static class ChatCompletionsInspector
{
    public static void Inspect(in StreamFrame frame, StreamFacts facts)
    {
        var data = frame.Data;
        facts.IsUnaskedUsage = false;
        var shape = facts.Shape as ChatCompletionsTemplate;
        if (shape is not null && shape.TryMatch(data, out var text))
        {
            facts.TextBytes += text.Length;
            return;
        }

        if (data.Length < 16 && data.Trim(" \r\n"u8).SequenceEqual("[DONE]"u8))
        {
            facts.IsTerminated = true;
            return;
        }

        var isError = frame.Event.SequenceEqual("error"u8) || Has(data, "\"error\""u8);
        if (!isError && facts.HasContent && !Has(data, "\"usage\""u8) && !Has(data, "\"finish_reason\""u8))
        {
            Learn(data, facts, shape);
            return;
        }

        facts.HasNullUsage |= data.IndexOf("\"usage\":null"u8) >= 0;
        try
        {
            Read(data, isError, facts);
        }
        catch (JsonException)
        {
            facts.Error = GatewayError.Upstream("The upstream's stream holds a frame that is not JSON.");
        }
    }

    public static void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts)
    {
        try
        {
            var chunk = ChatCompletionsChunk.Read(body);
            if (!chunk.Error.IsEmpty)
            {
                facts.Error = ChatCompletionsErrors.ReadInBand(body);
            }
            else if (chunk.Choices.Length <= 2 || chunk.Choices[0] != '[')
            {
                facts.Error = GatewayError.Upstream("The upstream's answer is not a chat completion.");
            }
            else
            {
                // What the choices say stays with the caller: a walk through them would cost as much as the rest of the relay.
                TakeUsage(in chunk, facts);
                facts.HasExtraFields = chunk.HasExtraFields;
                facts.UsageAt = JsonSlice.IsObject(chunk.Usage) && body.Overlaps(chunk.Usage, out var at) ? new ByteRange(at, chunk.Usage.Length) : default;
                facts.IsTerminated = facts.HasContent = true;
            }
        }
        catch (JsonException)
        {
            facts.Error = GatewayError.Upstream("The upstream's answer is not valid JSON.");
        }
    }

    /// <summary>Frames like this one, another text in them, tell nothing.</summary>
    private static void Learn(ReadOnlySpan<byte> data, StreamFacts facts, ChatCompletionsTemplate? shape)
    {
        // The names content and reasoning_content both end so.
        var start = JsonPick.TextStart(data, "content\""u8);
        var length = start < 0 ? -1 : ChatCompletionsTemplate.TextLength(data[start..]);
        if (length >= 0)
        {
            facts.TextBytes += length;
            facts.Shape = shape ??= new ChatCompletionsTemplate();
            shape.Learn(data, start, length);
        }
        else
        {
            facts.TextBytes += JsonPick.TextAfter(data, "\"arguments\""u8);
        }
    }

    /// <summary>Whether a member of this name stands there with a value other than null.</summary>
    private static bool Has(ReadOnlySpan<byte> data, ReadOnlySpan<byte> quotedName)
    {
        var at = data.IndexOf(quotedName);
        while (at >= 0)
        {
            data = data[(at + quotedName.Length)..];
            var value = data.TrimStart(": "u8);
            if (value.Length < data.Length && !value.StartsWith("null"u8))
            {
                return true;
            }

            at = data.IndexOf(quotedName);
        }

        return false;
    }

    private static void Read(ReadOnlySpan<byte> data, bool isError, StreamFacts facts)
    {
        var chunk = ChatCompletionsChunk.Read(data);
        if (isError && (!chunk.Error.IsEmpty || chunk.Choices.IsEmpty))
        {
            facts.Error = ChatCompletionsErrors.ReadInBand(data);
            return;
        }

        Take(in chunk, facts);
        var hasChoices = new JsonElements(chunk.Choices).MoveNext();
        facts.IsUnaskedUsage = !hasChoices && JsonSlice.IsArray(chunk.Choices) && JsonSlice.IsObject(chunk.Usage);
    }

    private static void TakeUsage(in ChatCompletionsChunk chunk, StreamFacts facts)
    {
        if (JsonSlice.IsObject(chunk.Usage))
        {
            facts.Usage.Merge(ChatCompletionsUsage.Read(chunk));
        }
    }

    private static void Take(in ChatCompletionsChunk chunk, StreamFacts facts)
    {
        TakeUsage(in chunk, facts);
        var choices = new JsonElements(chunk.Choices);
        while (choices.MoveToValue())
        {
            var choice = ChatCompletionsChoice.Read(choices.FromValue, isWhole: false, out var length);
            choices.Pass(length);
            facts.Stop = choice.FinishReason.IsEmpty ? facts.Stop : ChatCompletionsFinish.Read(choice.FinishReason);
            facts.TextBytes += JsonSlice.Text(choice.Delta.Content).Length;
            facts.HasContent = facts.HasContent || HasContent(in choice.Delta);
        }
    }

    private static bool HasContent(in ChatCompletionsDelta delta) =>
        JsonSlice.IsArray(delta.Content) || !JsonSlice.Text(delta.Content).IsEmpty || !delta.Reasoning.IsEmpty || !delta.ReasoningDetails.IsEmpty
            || !delta.Refusal.IsEmpty || !delta.ToolCalls.IsEmpty || !delta.FunctionCall.IsEmpty || !delta.Audio.IsEmpty;
}
