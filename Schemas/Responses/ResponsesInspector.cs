using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// The tap on Responses answers that pass verbatim: figures, end and failure. Deltas are told by their name alone, so that
/// nothing is read or allocated for them.
/// </summary>
internal static class ResponsesInspector
{
    public static void Inspect(in StreamFrame frame, StreamFacts facts)
    {
        // Not every vendor sends event lines (bedrock-mantle does not).
        var type = frame.Event.IsEmpty ? TypeOf(frame.Data) : frame.Event;
        if (type.EndsWith(".delta"u8))
        {
            facts.HasContent = true;
            facts.TextBytes += JsonPick.TextAfter(frame.Data, "\"delta\""u8);
        }
        else if (type.SequenceEqual("response.output_item.added"u8))
        {
            facts.HasContent = true;
        }
        else if (type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8) || type.SequenceEqual("response.failed"u8))
        {
            OnTerminal(frame.Data, facts);
        }
        else if (type.SequenceEqual("error"u8) && ResponsesFrame.TryRead(frame.Data, out var error))
        {
            facts.Error = ResponsesErrors.InStream(error);
            facts.IsTerminated = true;
        }
    }

    public static void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts)
    {
        if (!ResponsesEnd.TryRead(body, out var response))
        {
            facts.Error = ResponsesAnswerReader.NoAnswer;
        }
        else if (response.Output.IsEmpty)
        {
            facts.Error = response.Error.IsEmpty ? ResponsesAnswerReader.NoAnswer : ResponsesErrors.InAnswer(response.Error);
        }
        else
        {
            facts.HasContent = response.Output.Length > 2;
            Take(response, facts);
        }
    }

    private static void OnTerminal(ReadOnlySpan<byte> data, StreamFacts facts)
    {
        if (ResponsesFrame.TryRead(data, out var frame) && ResponsesEnd.TryRead(frame.Object, out var response))
        {
            Take(response, facts);
            if (!response.Error.IsEmpty)
            {
                facts.Error ??= ResponsesErrors.InAnswer(response.Error);
            }
        }
    }

    private static void Take(in ResponsesEnd response, StreamFacts facts)
    {
        // Between the quotes of a string these bytes would be escaped: they can only be an item's type.
        var hasTools = response.Output.IndexOf("tool_call\""u8) >= 0 || response.Output.IndexOf("\"function_call\""u8) >= 0;
        facts.Usage.Merge(response.Usage);
        facts.Stop = response.Stop(hasTools, hasRefusal: false).Kind;
        facts.IsTerminated = true;
    }

    private static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> data)
    {
        var members = new JsonMembers(data);
        while (members.MoveNext())
        {
            if (members.Is("type"u8))
            {
                return members.Text;
            }

            if (members.Is("error"u8) && members.Raw.Length > 4)
            {
                return "error"u8;
            }
        }

        return default;
    }
}
