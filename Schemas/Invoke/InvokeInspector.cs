using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using BifrostLite.Schemas.Converse;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Messages;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Invoke;

/// <summary>Learns usage and end from InvokeModel's chunks: base64 of one JSON event each, whatever model made it.</summary>
internal static class InvokeInspector
{
    /// <summary>Bedrock adds this object to the last event of every model's stream.</summary>
    private static ReadOnlySpan<byte> Metrics => "\"amazon-bedrock-invocationMetrics\""u8;

    private static ReadOnlySpan<byte> BytesMember => "\"bytes\""u8;

    public static void Inspect(MessagesDialect messages, in StreamFrame frame, StreamFacts facts)
    {
        if (frame.IsException)
        {
            facts.Error = ConverseErrors.ReadFrame(frame.Event, frame.Data);
            return;
        }

        var encoded = Encoded(frame.Data);
        var json = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(encoded.Length) + 1);
        try
        {
            Base64.DecodeFromUtf8(encoded, json, out _, out var length);
            var inner = json.AsSpan(0, length);
            if (inner.StartsWith("{\"type\":"u8))
            {
                messages.Inspect(new StreamFrame { Data = inner }, facts);
            }

            facts.HasContent = true;
            if (inner.IndexOf(Metrics) >= 0)
            {
                facts.IsTerminated = true;
                ReadMetrics(inner, facts);
            }
            else if (facts.IsTerminated)
            {
                // message_stop of Claude: the metrics stand in it or do not come at all.
                facts.IsTerminated = inner.IndexOf("\"message_stop\""u8) >= 0;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(json);
        }
    }

    public static void InspectAnswer(MessagesDialect messages, ReadOnlySpan<byte> body, StreamFacts facts)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !reader.TrySkip())
            {
                facts.Error = GatewayError.Upstream("The provider's answer is no JSON object.");
                return;
            }
        }
        catch (JsonException)
        {
            facts.Error = GatewayError.Upstream("The provider's answer is no valid JSON.");
            return;
        }

        messages.InspectAnswer(body, facts);
        facts.Error = null;
    }

    /// <summary>The base64 text of a chunk's payload; empty where it has none.</summary>
    public static ReadOnlySpan<byte> Encoded(ReadOnlySpan<byte> payload)
    {
        var at = payload.IndexOf(BytesMember);
        if (at < 0)
        {
            return default;
        }

        var rest = payload[(at + BytesMember.Length)..];
        var open = rest.IndexOf((byte)'"');
        var close = open < 0 ? -1 : rest[(open + 1)..].IndexOf((byte)'"');
        return close < 0 ? default : rest.Slice(open + 1, close);
    }

    private static void ReadMetrics(ReadOnlySpan<byte> json, StreamFacts facts)
    {
        if (facts.Usage.Input is null)
        {
            facts.Usage.Input = Count(json, "\"inputTokenCount\""u8);
        }

        facts.Usage.Output ??= Count(json, "\"outputTokenCount\""u8);
    }

    private static long? Count(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var at = json.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var rest = json[(at + name.Length)..].TrimStart(": "u8);
        return Utf8Parser.TryParse(rest, out long value, out _) ? value : null;
    }
}
