using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>What the gateway learns of Converse answers that pass verbatim.</summary>
internal static class ConverseInspector
{
    public static void Frame(in StreamFrame frame, StreamFacts facts)
    {
        if (frame.IsException)
        {
            facts.Error = ConverseErrors.ReadFrame(frame.Event, frame.Data);
        }
        else if (frame.Event.SequenceEqual("contentBlockDelta"u8) || frame.Event.SequenceEqual("contentBlockStart"u8))
        {
            facts.HasContent = true;
            facts.TextBytes += Math.Max(JsonPick.TextAfter(frame.Data, "\"text\""u8), JsonPick.TextAfter(frame.Data, "\"input\""u8));
        }
        else if (frame.Event.SequenceEqual("messageStop"u8) || frame.Event.SequenceEqual("metadata"u8))
        {
            facts.IsTerminated |= frame.Event.SequenceEqual("metadata"u8);
            Read(frame.Data, facts);
        }
    }

    public static void Answer(ReadOnlySpan<byte> body, StreamFacts facts)
    {
        facts.IsTerminated = true;
        if (!Read(body, facts))
        {
            facts.Error = GatewayError.Upstream("the provider's answer is not a Converse answer");
        }
        else
        {
            facts.HasContent = true;
        }
    }

    /// <summary>Usage and stop reason among the top-level members.</summary>
    /// <returns>True when the members include "output".</returns>
    private static bool Read(ReadOnlySpan<byte> json, StreamFacts facts)
    {
        try
        {
            var hasOutput = false;
            var reader = ConverseJson.Reader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isUsage = reader.ValueSpan.SequenceEqual("usage"u8);
                var isTier = reader.ValueSpan.SequenceEqual("serviceTier"u8);
                var isStop = reader.ValueSpan.SequenceEqual("stopReason"u8);
                hasOutput |= reader.ValueSpan.SequenceEqual("output"u8);
                reader.Read();
                if (isUsage)
                {
                    facts.Usage.Merge(ConverseUsage.Read(ref reader));
                }
                else if (isTier)
                {
                    facts.Usage.Merge(ConverseUsage.ReadTier(ref reader));
                }
                else if (isStop && reader.TokenType == JsonTokenType.String)
                {
                    facts.Stop = ConverseStops.Read(reader.ValueSpan, default).Kind;
                }

                reader.Skip();
            }

            return hasOutput;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
