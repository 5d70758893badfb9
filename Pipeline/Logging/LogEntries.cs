using System.Globalization;
using System.Text;
using System.Text.Json;
using BifrostLite.Pipeline.Extras;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>The log entry of a settled exchange. Takes nothing of headers but what the configuration names, and of keys their names.</summary>
internal static class LogEntries
{
    private const int MostMessage = 1000;

    /// <summary>In the order of <see cref="ErrorKind"/>.</summary>
    private static readonly string[] ErrorNames =
    [
        "invalid_request", "authentication", "permission", "not_found", "method_not_allowed", "too_large", "unsupported_media", "rate_limit", "billing",
        "overloaded", "unavailable", "timeout", "bad_gateway", "server", "cancelled",
    ];

    public static LogEntry Of(Exchange exchange)
    {
        var candidate = exchange.Candidate;
        var usage = exchange.Facts.Usage;
        var failure = exchange.Failure;
        return new LogEntry
        {
            Id = exchange.Id,
            Time = exchange.Clock.GetUtcNow().ToUnixTimeMilliseconds() - (long)exchange.Milliseconds,
            Route = exchange.Template,
            Operation = NameOf(exchange),
            CallerDialect = exchange.Route.Dialect.Name,
            UpstreamDialect = candidate?.Dialect.Name ?? "",
            Provider = candidate?.Provider.Name ?? "",
            Model = candidate?.Model ?? "",
            RequestedModel = exchange.Model,
            KeyName = candidate?.Key.Name ?? "",
            VirtualKey = exchange.VirtualKey?.Id ?? "",
            Status = failure?.Status ?? StatusCodes.Status200OK,
            Error = failure is null ? "" : ErrorNames[(int)failure.Kind],
            ErrorMessage = Message(failure, candidate),
            IsStream = exchange.WantsStream,
            Attempts = exchange.Trail.Count,
            Trail = Describe(exchange.Trail),
            Losses = Describe(exchange.Losses),
            InputTokens = (usage.Input ?? 0) + (exchange.Expenses?.Sum(static expense => expense.Usage.Input) ?? 0),
            OutputTokens = (usage.Output ?? 0) + (exchange.Expenses?.Sum(static expense => expense.Usage.Output) ?? 0),
            CacheReadTokens = usage.CacheRead ?? 0,
            CacheWriteTokens = usage.CacheWrite ?? 0,
            ReasoningTokens = usage.Reasoning ?? 0,
            Cost = (double?)exchange.Spent,
            HeadersMilliseconds = exchange.HeadersMilliseconds,
            FirstTokenMilliseconds = exchange.FirstTokenMilliseconds,
            Milliseconds = exchange.Milliseconds,
            BytesIn = exchange.BytesIn,
            BytesOut = exchange.BytesOut,
            Extra = Headers(exchange),
            RequestBody = exchange.Capture is null || exchange.Body is null ? default
                : exchange.Body.Memory.Span[..Math.Min(exchange.Body.Memory.Length, AnswerCapture.MostBytes)].ToArray(),
            ResponseBody = exchange.Capture is null ? default : exchange.Capture.Bytes.ToArray(),
        };
    }

    /// <summary>A provider's words, which may quote what it was sent: never the credential, and not without end.</summary>
    private static string Message(GatewayError? failure, Candidate? candidate)
    {
        if (failure is null)
        {
            return "";
        }

        var message = failure.Message.Length > MostMessage ? failure.Message[..MostMessage] : failure.Message;
        return candidate is { Key.Value: { IsEmpty: false } key } ? message.Replace(key.Reveal(), "***", StringComparison.Ordinal) : message;
    }

    /// <summary>The headers that client.logging_headers names, as a JSON object.</summary>
    private static string Headers(Exchange exchange)
    {
        var names = exchange.Snapshot.Config.Client.LoggingHeaders;
        if (names.Count == 0)
        {
            return "";
        }

        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("headers"u8);
            foreach (var name in names)
            {
                if (!IsCredential(name) && exchange.Http.Request.Headers.TryGetValue(name, out var value))
                {
                    json.WriteString(name, value.ToString());
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.Span);
    }

    /// <summary>Where callers put keys; naming one of these in the configuration does not bring it into the log.</summary>
    private static bool IsCredential(string header) =>
        header.ToLowerInvariant() is "authorization" or "proxy-authorization" or "cookie" or "x-api-key" or "api-key" or "x-goog-api-key" or "x-bf-vk"
            or "x-amz-security-token";

    /// <summary>Bifrost's request type, which is what its log is filtered by; it has none for compaction.</summary>
    private static string NameOf(Exchange exchange) =>
        exchange.Route.Operation == Operation.Compact ? "compact" : RequestTypes.Of(exchange.Route, exchange.WantsStream);

    /// <summary>The attempts as a JSON array, where there is more to tell than who answered.</summary>
    private static string Describe(Trail trail)
    {
        if (!trail.IsEventful)
        {
            return "";
        }

        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            for (var i = 0; i < trail.Count; i++)
            {
                var attempt = trail[i];
                json.WriteStartObject();
                json.WriteString("provider"u8, attempt.Provider);
                json.WriteString("model"u8, attempt.Model);
                json.WriteString("key"u8, attempt.KeyName);
                json.WriteString("outcome"u8, attempt.Outcome);
                json.WriteNumber("latency"u8, attempt.Milliseconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.Span);
    }

    private static string Describe(Losses losses)
    {
        if (losses.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var loss in losses.Kept)
        {
            text.Append(text.Length > 0 ? ", " : "").Append(loss.Path).Append('=').Append(loss.Reason);
        }

        return losses.Count == losses.Kept.Count ? text.ToString()
            : text.Append(CultureInfo.InvariantCulture, $", +{losses.Count - losses.Kept.Count}").ToString();
    }
}
