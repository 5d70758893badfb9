using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Pipeline.Extras;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>What a webhook is told, as Bifrost writes it (https://docs.getbifrost.ai/features/webhooks, "The Delivery Payload").</summary>
internal static class WebhookBody
{
    public static string EventOf(WebhookCall call) => "async_job." + call.State;

    /// <param name="webhook">To whom.</param>
    /// <param name="call">The job's end.</param>
    /// <param name="door">Which door the job came through; null where this version has none of that name.</param>
    /// <param name="outcome">The job's answer; null where it cannot be had.</param>
    /// <param name="isGone">The answer was dropped meanwhile.</param>
    /// <param name="now">Moment of the post.</param>
    public static byte[] Write(WebhookConfig webhook, WebhookCall call, InboundRoute? door, JobOutcome? outcome, bool isGone, DateTimeOffset now)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("event"u8, EventOf(call));
            json.WriteString("created_at"u8, now);
            json.WriteStartObject("data"u8);
            json.WriteString("job_id"u8, call.Job);
            if (door is not null)
            {
                json.WriteString("request_type"u8, RequestTypes.Of(door, isStream: false));
            }

            json.WriteString("status"u8, call.State);
            json.WriteNumber("status_code"u8, call.Status);
            if (isGone)
            {
                json.WriteBoolean("result_expired"u8, true);
            }
            else
            {
                WriteResult(json, webhook, call, outcome);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteResult(Utf8JsonWriter json, WebhookConfig webhook, WebhookCall call, JobOutcome? outcome)
    {
        json.WriteString("result_url"u8, $"/v1/async/{call.Door}/{call.Job}");
        if (call.ExpiresAt is { } expires)
        {
            json.WriteString("result_expires_at"u8, expires);
        }

        if (!webhook.IncludesResponse || outcome is null || outcome.Body.Length == 0)
        {
            return;
        }

        if (outcome.Body.Length > webhook.MostResponseBytes)
        {
            json.WriteBoolean(outcome.IsGood ? "response_omitted"u8 : "error_omitted"u8, true);
            return;
        }

        json.WritePropertyName(outcome.IsGood ? "response"u8 : "error"u8);
        json.WriteRawValue(outcome.Body.Span, skipInputValidation: true);
    }
}
