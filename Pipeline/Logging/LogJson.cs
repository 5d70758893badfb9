using System.Text.Json;
using System.Text.Unicode;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>Log entries as JSON: Bifrost's names (its framework/logstore/tables.go) where it has them.</summary>
internal static class LogJson
{
    public static void Write(Utf8JsonWriter json, LogEntry entry, bool withContent = false)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, entry.Id);
        json.WriteString("timestamp"u8, DateTimeOffset.FromUnixTimeMilliseconds(entry.Time).UtcDateTime);
        json.WriteString("object"u8, entry.Operation);
        json.WriteString("route"u8, entry.Route);
        json.WriteString("dialect"u8, entry.CallerDialect);
        Text(json, "provider_dialect"u8, entry.UpstreamDialect);
        Text(json, "provider"u8, entry.Provider);
        Text(json, "model"u8, entry.Model);
        json.WriteString("requested_model"u8, entry.RequestedModel);
        Text(json, "selected_key_name"u8, entry.KeyName);
        Text(json, "virtual_key_id"u8, entry.VirtualKey);
        json.WriteString("status"u8, entry.Error.Length == 0 ? "success"u8 : "error"u8);
        json.WriteNumber("status_code"u8, entry.Status);
        json.WriteBoolean("stream"u8, entry.IsStream);
        json.WriteNumber("attempts"u8, entry.Attempts);
        Raw(json, "trail"u8, entry.Trail);
        Text(json, "losses"u8, entry.Losses);
        WriteUsage(json, entry);
        Number(json, "cost"u8, entry.Cost);
        json.WriteNumber("latency"u8, entry.Milliseconds);
        Number(json, "headers_latency"u8, entry.HeadersMilliseconds);
        Number(json, "first_token_latency"u8, entry.FirstTokenMilliseconds);
        json.WriteNumber("request_bytes"u8, entry.BytesIn);
        json.WriteNumber("response_bytes"u8, entry.BytesOut);
        WriteError(json, entry);
        Raw(json, "metadata"u8, entry.Extra);
        if (withContent && entry.HasContent)
        {
            Content(json, "raw_request"u8, entry.RequestBody.Span);
            Content(json, "raw_response"u8, entry.ResponseBody.Span);
        }

        json.WriteEndObject();
    }

    public static void WritePagination(Utf8JsonWriter json, LogQuery query, long total)
    {
        json.WriteStartObject("pagination"u8);
        json.WriteNumber("limit"u8, query.Limit);
        json.WriteNumber("offset"u8, query.Offset);
        json.WriteString("sort_by"u8, query.Order switch
        {
            LogOrder.Milliseconds => "latency"u8,
            LogOrder.Tokens => "tokens"u8,
            LogOrder.Cost => "cost"u8,
            _ => "timestamp"u8,
        });
        json.WriteString("order"u8, query.Ascending ? "asc"u8 : "desc"u8);
        json.WriteNumber("total_count"u8, total);
        json.WriteEndObject();
    }

    public static void WriteTotals(Utf8JsonWriter json, LogTotals totals)
    {
        json.WriteNumber("total_requests"u8, totals.Requests);
        json.WriteNumber("success_rate"u8, totals.Requests == 0 ? 0 : 100.0 * (totals.Requests - totals.Errors) / totals.Requests);
        json.WriteNumber("average_latency"u8, totals.MeanMilliseconds);
        json.WriteNumber("total_tokens"u8, totals.Tokens);
        json.WriteNumber("total_cost"u8, totals.Cost);
    }

    public static void WriteBuckets(Utf8JsonWriter json, IReadOnlyList<LogBucket> buckets)
    {
        json.WriteStartArray("buckets"u8);
        foreach (var bucket in buckets)
        {
            json.WriteStartObject();
            json.WriteString("timestamp"u8, bucket.Start.UtcDateTime);
            json.WriteNumber("count"u8, bucket.Requests);
            json.WriteNumber("success"u8, bucket.Requests - bucket.Errors);
            json.WriteNumber("error"u8, bucket.Errors);
            json.WriteNumber("prompt_tokens"u8, bucket.InputTokens);
            json.WriteNumber("completion_tokens"u8, bucket.OutputTokens);
            json.WriteNumber("total_tokens"u8, bucket.InputTokens + bucket.OutputTokens);
            json.WriteNumber("cost"u8, bucket.Cost);
            json.WriteNumber("p50_latency"u8, bucket.P50);
            json.WriteNumber("p90_latency"u8, bucket.P90);
            json.WriteNumber("p95_latency"u8, bucket.P95);
            json.WriteNumber("p99_latency"u8, bucket.P99);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteValues(Utf8JsonWriter json, LogValues values)
    {
        json.WriteStartObject();
        Names(json, "providers"u8, values.Providers);
        Names(json, "models"u8, values.Models);
        Named(json, "selected_keys"u8, values.KeyNames);
        Named(json, "virtual_keys"u8, values.VirtualKeys);
        Names(json, "objects"u8, values.Operations);
        json.WriteEndObject();
    }

    public static void WriteDeleted(Utf8JsonWriter json, long count)
    {
        json.WriteStartObject();
        json.WriteString("message"u8, "Logs deleted successfully"u8);
        json.WriteNumber("deleted"u8, count);
        json.WriteEndObject();
    }

    private static void Names(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>The log keeps one name of a key, which the filters take too.</summary>
    private static void Named(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, value);
            json.WriteString("name"u8, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter json, LogEntry entry)
    {
        json.WriteStartObject("token_usage"u8);
        json.WriteNumber("prompt_tokens"u8, entry.InputTokens);
        json.WriteNumber("completion_tokens"u8, entry.OutputTokens);
        json.WriteNumber("total_tokens"u8, entry.InputTokens + entry.OutputTokens);
        json.WriteNumber("cached_read_tokens"u8, entry.CacheReadTokens);
        json.WriteNumber("cached_write_tokens"u8, entry.CacheWriteTokens);
        json.WriteNumber("reasoning_tokens"u8, entry.ReasoningTokens);
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, LogEntry entry)
    {
        if (entry.Error.Length > 0)
        {
            json.WriteStartObject("error_details"u8);
            json.WriteString("type"u8, entry.Error);
            json.WriteString("message"u8, entry.ErrorMessage);
            json.WriteEndObject();
        }
    }

    /// <summary>Text as text; an AWS event stream, which is none, as base64.</summary>
    private static void Content(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        // A cut in the middle of a character is no reason to call the rest binary.
        var text = content.Length < AnswerCapture.MostBytes ? content : content[..(content.LastIndexOfAnyInRange((byte)0, (byte)0x7f) + 1)];
        if (Utf8.IsValid(text))
        {
            json.WriteString(name, text);
        }
        else
        {
            json.WriteBase64String(name, content);
        }
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            json.WriteString(name, value);
        }
    }

    private static void Raw(Utf8JsonWriter json, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value);
        }
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
