using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>The members of one chunk or whole answer that matter here, as slices of it. A null member reads as absent.</summary>
internal ref struct ChatCompletionsChunk
{
    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Model { get; private set; }

    public long Created { get; private set; }

    public ReadOnlySpan<byte> Choices { get; private set; }

    public ReadOnlySpan<byte> Usage { get; private set; }

    public ReadOnlySpan<byte> Error { get; private set; }

    /// <summary>Perplexity: the pages the answer rests on, as URLs, repeated in every chunk.</summary>
    public ReadOnlySpan<byte> Citations { get; private set; }

    /// <summary>The same with title, date and snippet.</summary>
    public ReadOnlySpan<byte> SearchResults { get; private set; }

    public ReadOnlySpan<byte> ServiceTier { get; private set; }

    /// <summary>The vendor is a gateway like this one and has told its extra_fields.</summary>
    public bool HasExtraFields { get; private set; }

    /// <summary>Reads a chunk. Any other JSON has no members; what is none, or goes on behind the object, is a <see cref="JsonException"/>.</summary>
    public static ChatCompletionsChunk Read(ReadOnlySpan<byte> json)
    {
        var chunk = default(ChatCompletionsChunk);
        var start = JsonScan.SkipBlanks(json, 0);
        var end = start;
        if (start < json.Length && json[start] == '{')
        {
            var members = new JsonMembers(json);
            while (members.MoveNext())
            {
                chunk.Take(members.Name, members.Value);
            }

            end = members.IsBroken ? JsonScan.Broken : members.End;
        }
        else if (start < json.Length)
        {
            end = JsonScan.SkipValue(json, start, 0);
        }

        return end != JsonScan.Broken && JsonScan.SkipBlanks(json, end) == json.Length ? chunk : throw new JsonException("the chunk is no JSON");
    }

    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 2 when name.SequenceEqual("id"u8):
                Id = JsonSlice.Text(value);
                break;
            case 5 when name.SequenceEqual("model"u8):
                Model = JsonSlice.Text(value);
                break;
            case 5 when name.SequenceEqual("usage"u8):
                Usage = value;
                break;
            case 5 when name.SequenceEqual("error"u8):
                Error = value;
                break;
            case 6 when name.SequenceEqual("x_groq"u8):
                // Groq puts the usage of a stream here, beside or instead of the usual place.
                Usage = Usage.IsEmpty ? JsonSlice.Member(value, "usage"u8) : Usage;
                break;
            case 7 when name.SequenceEqual("choices"u8):
                Choices = value;
                break;
            case 7 when name.SequenceEqual("created"u8):
                Created = JsonSlice.Number(value) ?? 0;
                break;
            case 9 when name.SequenceEqual("citations"u8):
                Citations = value;
                break;
            case 12 when name.SequenceEqual("service_tier"u8):
                ServiceTier = value;
                break;
            case 12 when name.SequenceEqual("extra_fields"u8):
                HasExtraFields = true;
                break;
            case 14 when name.SequenceEqual("search_results"u8):
                SearchResults = value;
                break;
        }
    }
}

/// <summary>One item of choices. Its delta is read on the way, so that a long text is looked at once here and not three times.</summary>
internal ref struct ChatCompletionsChoice
{
    public int Index { get; private set; }

    /// <summary>There is a <see cref="Delta"/>.</summary>
    public bool HasDelta { get; private set; }

    public ChatCompletionsDelta Delta;

    public ReadOnlySpan<byte> FinishReason { get; private set; }

    public ReadOnlySpan<byte> Logprobs { get; private set; }

    public ReadOnlySpan<byte> Error { get; private set; }

    /// <summary>Reads the item that <paramref name="json"/> begins with; anything but an object has no members.</summary>
    /// <param name="json">The item and what follows it.</param>
    /// <param name="isWhole">
    /// It is of a whole answer. Perplexity sends both members: an empty delta beside the message of a whole answer, and in each
    /// chunk of a stream, beside the delta, a message that repeats all of the text so far.
    /// </param>
    /// <param name="length">How long the item is; negative where it is no JSON.</param>
    public static ChatCompletionsChoice Read(ReadOnlySpan<byte> json, bool isWhole, out int length)
    {
        var choice = default(ChatCompletionsChoice);
        var members = new JsonMembers(json);
        if (members.IsBroken)
        {
            length = JsonScan.SkipValue(json, 0, 0);
            return choice;
        }

        while (members.MoveToValue())
        {
            var isPassed = choice.TryTakeDelta(members.Name, members.FromValue, isWhole, out var passed);
            if (!members.Pass(isPassed ? passed : JsonScan.SkipValue(members.FromValue, 0, 0)))
            {
                break;
            }

            choice.Take(members.Name, members.Value);
        }

        length = members.IsBroken ? JsonScan.Broken : members.End;
        return choice;
    }

    /// <summary>What is new (delta) or all there is (message): of both, the one that belongs there.</summary>
    private bool TryTakeDelta(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isWhole, out int length)
    {
        length = 0;
        var isMessage = name.SequenceEqual("message"u8);
        if (!JsonSlice.IsObject(value) || !(isMessage || name.SequenceEqual("delta"u8)) || (HasDelta && isMessage != isWhole))
        {
            return false;
        }

        Delta = ChatCompletionsDelta.Read(value, out length);
        HasDelta = true;
        return true;
    }

    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 5 when name.SequenceEqual("index"u8):
                Index = (int)Math.Clamp(JsonSlice.Number(value) ?? 0, 0, 1023);
                break;
            case 5 when name.SequenceEqual("error"u8):
                Error = value;
                break;
            case 8 when name.SequenceEqual("logprobs"u8):
                Logprobs = value;
                break;
            case 13 when name.SequenceEqual("finish_reason"u8):
                FinishReason = JsonSlice.Text(value);
                break;
        }
    }
}

/// <summary>A delta or message.</summary>
internal ref struct ChatCompletionsDelta
{
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>reasoning or reasoning_content: chat has no official name for it.</summary>
    public ReadOnlySpan<byte> Reasoning { get; private set; }

    public ReadOnlySpan<byte> ReasoningDetails { get; private set; }

    public ReadOnlySpan<byte> Refusal { get; private set; }

    public ReadOnlySpan<byte> ToolCalls { get; private set; }

    public ReadOnlySpan<byte> FunctionCall { get; private set; }

    public ReadOnlySpan<byte> Annotations { get; private set; }

    public ReadOnlySpan<byte> Audio { get; private set; }

    public ReadOnlySpan<byte> Images { get; private set; }

    /// <summary>Reads the object that <paramref name="json"/> begins with.</summary>
    public static ChatCompletionsDelta Read(ReadOnlySpan<byte> json, out int length)
    {
        var delta = default(ChatCompletionsDelta);
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            delta.Take(members.Name, members.Value);
        }

        length = members.IsBroken ? JsonScan.Broken : members.End;
        return delta;
    }

    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 5 when name.SequenceEqual("audio"u8):
                Audio = value;
                break;
            case 6 when name.SequenceEqual("images"u8):
                Images = value;
                break;
            case 7 when name.SequenceEqual("content"u8):
                Content = value;
                break;
            case 7 when name.SequenceEqual("refusal"u8):
                Refusal = JsonSlice.Text(value);
                break;
            case 9 when name.SequenceEqual("reasoning"u8):
            case 17 when name.SequenceEqual("reasoning_content"u8):
                Reasoning = Reasoning.IsEmpty ? JsonSlice.Text(value) : Reasoning;
                break;
            case 10 when name.SequenceEqual("tool_calls"u8):
                ToolCalls = value;
                break;
            case 11 when name.SequenceEqual("annotations"u8):
                Annotations = value;
                break;
            case 13 when name.SequenceEqual("function_call"u8):
                FunctionCall = value;
                break;
            case 17 when name.SequenceEqual("reasoning_details"u8):
                ReasoningDetails = value;
                break;
        }
    }
}
