using System.Text.Json;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>The figures of one span of time as members of an open JSON object, with Bifrost's names (its framework/logstore/tables.go).</summary>
internal static class LogFigures
{
    /// <summary>Of all its entries.</summary>
    public static void Write(Utf8JsonWriter json, LogFigure figure, LogBucket bucket)
    {
        switch (figure)
        {
            case LogFigure.Requests:
                json.WriteNumber("count"u8, bucket.Requests);
                WriteOutcomes(json, bucket);
                break;
            case LogFigure.Tokens:
                WriteTokens(json, bucket);
                json.WriteNumber("cached_read_tokens"u8, bucket.CacheReadTokens);
                break;
            case LogFigure.Cost:
                json.WriteNumber("total_cost"u8, bucket.Cost);
                break;
            default:
                WriteLatency(json, bucket);
                break;
        }
    }

    /// <summary>Of each group; costs are bare numbers with their sum beside them.</summary>
    public static void WriteGroups(Utf8JsonWriter json, LogFigure figure, string member, IReadOnlyList<LogBucket> sums, Range groups)
    {
        if (figure == LogFigure.Cost)
        {
            var total = 0.0;
            for (var i = groups.Start.Value; i < groups.End.Value; i++)
            {
                total += sums[i].Cost;
            }

            json.WriteNumber("total_cost"u8, total);
        }

        json.WriteStartObject(member);
        for (var i = groups.Start.Value; i < groups.End.Value; i++)
        {
            var group = sums[i];
            if (figure == LogFigure.Cost)
            {
                json.WriteNumber(group.Group, group.Cost);
                continue;
            }

            json.WriteStartObject(group.Group);
            if (figure == LogFigure.Requests)
            {
                json.WriteNumber("total"u8, group.Requests);
                WriteOutcomes(json, group);
            }
            else if (figure == LogFigure.Tokens)
            {
                WriteTokens(json, group);
            }
            else
            {
                WriteLatency(json, group);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteOutcomes(Utf8JsonWriter json, LogBucket bucket)
    {
        json.WriteNumber("success"u8, bucket.Requests - bucket.Errors);
        json.WriteNumber("error"u8, bucket.Errors - bucket.Cancelled);
        json.WriteNumber("cancelled"u8, bucket.Cancelled);
    }

    private static void WriteTokens(Utf8JsonWriter json, LogBucket bucket)
    {
        json.WriteNumber("prompt_tokens"u8, bucket.InputTokens);
        json.WriteNumber("completion_tokens"u8, bucket.OutputTokens);
        json.WriteNumber("total_tokens"u8, bucket.InputTokens + bucket.OutputTokens);
    }

    private static void WriteLatency(Utf8JsonWriter json, LogBucket bucket)
    {
        json.WriteNumber("avg_latency"u8, bucket.MeanMilliseconds);
        json.WriteNumber("p90_latency"u8, bucket.P90);
        json.WriteNumber("p95_latency"u8, bucket.P95);
        json.WriteNumber("p99_latency"u8, bucket.P99);
        json.WriteNumber("total_requests"u8, bucket.Requests);
    }
}
