using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// TokenUsage (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html) to the hub and back:
/// inputTokens excludes what the cache read or wrote, the hub's input includes both.
/// </summary>
internal static class ConverseUsage
{
    /// <summary>More is nonsense, and sums of it must not overflow.</summary>
    private const double MaxTokens = 1e15;

    /// <summary>Reads the object the reader stands on.</summary>
    public static Usage Read(ref Utf8JsonReader reader)
    {
        var usage = default(Usage);
        long? input = null, write = null, hour = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return usage;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("inputTokens"u8))
            {
                input = Number(ref reader);
            }
            else if (name.SequenceEqual("outputTokens"u8))
            {
                usage.Output = Number(ref reader);
            }
            else if (name.StartsWith("cacheReadInputToken"u8))
            {
                // "...Tokens" is documented, "...TokenCount" is sent beside it or alone by older front ends.
                usage.CacheRead = Number(ref reader) ?? usage.CacheRead;
            }
            else if (name.StartsWith("cacheWriteInputToken"u8))
            {
                write = Number(ref reader) ?? write;
            }
            else if (name.SequenceEqual("cacheDetails"u8))
            {
                hour = HourWrites(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return Settled(usage, input, write, hour);
    }

    /// <summary>The wire's figures as the hub counts them.</summary>
    private static Usage Settled(Usage usage, long? input, long? write, long? hour)
    {
        if (input is not null || usage.CacheRead is not null || write is not null)
        {
            usage.Input = (input ?? 0) + (usage.CacheRead ?? 0) + (write ?? 0);
        }

        usage.CacheWrite1h = hour;
        usage.CacheWrite5m = write is { } all ? Math.Max(0, all - (hour ?? 0)) : null;
        return usage;
    }

    /// <summary>The tier that served, from the answer's serviceTier object the reader stands on.</summary>
    public static Usage ReadTier(ref Utf8JsonReader reader)
    {
        var usage = default(Usage);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return usage;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                usage.Tier = ServiceTiers.Read(reader.ValueSpan);
            }
            else
            {
                reader.Skip();
            }
        }

        return usage;
    }

    /// <summary>Writes the three required figures, and the cache's where they are known.</summary>
    public static void Write(ref JsonEmitter json, Usage usage)
    {
        json.StartObject();
        json.Member("inputTokens"u8, usage.UncachedInput ?? 0);
        json.Member("outputTokens"u8, usage.Output ?? 0);
        json.Member("totalTokens"u8, Total(usage));
        json.MemberIfKnown("cacheReadInputTokens"u8, usage.CacheRead);
        json.MemberIfKnown("cacheWriteInputTokens"u8, usage.CacheWrite);

        if (usage.CacheWrite1h is > 0)
        {
            json.StartArray("cacheDetails"u8);
            WriteDetail(ref json, "1h"u8, usage.CacheWrite1h.Value);
            if (usage.CacheWrite5m is > 0)
            {
                WriteDetail(ref json, "5m"u8, usage.CacheWrite5m.Value);
            }

            json.EndArray();
        }

        json.EndObject();
    }

    /// <summary>The sum of the parts as they are written: some vendors report more cached than read at all.</summary>
    private static long Total(Usage usage) =>
        (usage.UncachedInput ?? 0) + (usage.CacheRead ?? 0) + (usage.CacheWrite ?? 0) + (usage.Output ?? 0);

    private static void WriteDetail(ref JsonEmitter json, ReadOnlySpan<byte> ttl, long tokens)
    {
        json.StartObject();
        json.Member("ttl"u8, ttl);
        json.Member("inputTokens"u8, tokens);
        json.EndObject();
    }

    /// <summary>cacheDetails: [{"ttl":"5m"|"1h","inputTokens":n}], one entry for each lifetime written.</summary>
    private static long? HourWrites(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        long? hour = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var isHour = false;
            long? tokens = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTtl = reader.ValueSpan.SequenceEqual("ttl"u8);
                reader.Read();
                isHour |= isTtl && reader.TokenType == JsonTokenType.String && reader.ValueSpan.SequenceEqual("1h"u8);
                tokens = reader.TokenType == JsonTokenType.Number ? Number(ref reader) : tokens;
                reader.Skip();
            }

            hour = isHour ? (hour ?? 0) + tokens : hour;
        }

        return hour;
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value))
        {
            return (long)Math.Clamp(value, 0, MaxTokens);
        }

        reader.Skip();
        return null;
    }
}
