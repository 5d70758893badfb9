using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Learns usage, stop and failure of an answer that passes verbatim. Content frames are told by their event name and not
/// read at all.
/// </summary>
internal static class MessagesInspector
{
    public static void Inspect(in StreamFrame frame, StreamFacts facts)
    {
        var named = MessagesFrame.KindOf(frame.Event);
        if (named is MessagesEvent.BlockDelta or MessagesEvent.BlockStart)
        {
            // text, thinking, signature or partial_json: the string that ends a delta's frame.
            facts.HasContent = true;
            facts.TextBytes += named == MessagesEvent.BlockDelta ? JsonPick.LastText(frame.Data) : 0;
        }
        else if (named is not (MessagesEvent.BlockStop or MessagesEvent.Ping))
        {
            Read(frame, facts);
        }
    }

    /// <summary>The same for a whole answer.</summary>
    public static void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts)
    {
        if (!TryReadAnswer(body, facts, out var isMessage, out var isError))
        {
            facts.Error = GatewayError.Upstream("the upstream's answer is not JSON");
        }
        else if (isError)
        {
            facts.Error = MessagesErrors.ReadEvent(body);
        }
        else if (!isMessage)
        {
            facts.Error = GatewayError.Upstream("the upstream's answer is no message");
        }
        else
        {
            facts.IsTerminated = true;
        }
    }

    private static void Read(in StreamFrame frame, StreamFacts facts)
    {
        if (!MessagesFrame.TryRead(frame, out var read))
        {
            facts.Error ??= frame.Data.SequenceEqual("[DONE]"u8) ? null : GatewayError.Upstream("a frame of the upstream's stream is not JSON");
            return;
        }

        switch (read.Kind)
        {
            case MessagesEvent.BlockDelta or MessagesEvent.BlockStart:
                facts.HasContent = true;
                break;
            case MessagesEvent.MessageStart:
                TryReadAnswer(read.Message, facts, out _, out _);
                break;
            case MessagesEvent.MessageDelta:
                facts.Usage = MessagesUsage.Read(read.Usage, facts.Usage);
                TryReadAnswer(read.Delta, facts, out _, out _);
                break;
            case MessagesEvent.MessageStop:
                facts.IsTerminated = true;
                break;
            case MessagesEvent.Error:
                facts.Error = MessagesErrors.ReadEvent(frame.Data);
                break;
        }
    }

    /// <summary>Reads usage and stop_reason from a message object or a message_delta's delta, which share their names.</summary>
    private static bool TryReadAnswer(ReadOnlySpan<byte> json, StreamFacts facts, out bool isMessage, out bool isError)
    {
        isMessage = isError = false;
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("type"u8))
            {
                isMessage = members.Text.SequenceEqual("message"u8);
                isError = members.Text.SequenceEqual("error"u8);
            }
            else if (members.Name.SequenceEqual("stop_reason"u8) && members.Kind == JsonTokenType.String)
            {
                facts.Stop = MessagesStops.KindOf(members.Text);
            }
            else if (members.Name.SequenceEqual("content"u8))
            {
                facts.HasContent |= members.Raw.Length > 2;
            }
            else if (members.Name.SequenceEqual("usage"u8))
            {
                facts.Usage = MessagesUsage.Read(members.Raw, facts.Usage);
            }
        }

        return !members.IsBroken;
    }
}
