using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>
/// How a job is told: as the envelope of /v1/async (https://docs.getbifrost.ai/features/async-inference: 202 while it is not over, then
/// 200 with result or error), or on the route it was submitted on as that route's own answer.
/// </summary>
internal static class JobAnswer
{
    public static async Task WriteEnvelopeAsync(HttpContext http, StoredRecord record, JobDocument job)
    {
        var isOver = JobStates.IsOver(record.State);
        using var body = new PooledBuffer(512 + (job.Outcome?.Body.Length ?? 0));
        using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, record.Id);
            json.WriteString("status"u8, record.State);
            json.WriteString("created_at"u8, record.CreatedAt);
            if (job.Outcome is { } outcome)
            {
                WriteOutcome(json, record, outcome);
            }

            json.WriteEndObject();
        }

        TellRuns(http, record.Claims);
        await WriteAsync(http, isOver ? StatusCodes.Status200OK : StatusCodes.Status202Accepted, "application/json", body.Memory);
    }

    /// <summary>The route's own answer, or its stand-in while there is none.</summary>
    public static async Task WriteAsRouteAsync(HttpContext http, InboundRoute route, StoredRecord record, JobDocument job)
    {
        http.Response.Headers[JobHeaders.Id] = record.Id;
        TellRuns(http, record.Claims);
        if (job.Outcome is { } outcome)
        {
            foreach (var header in outcome.Headers)
            {
                http.Response.Headers[header.Name] = header.Value;
            }

            await WriteAsync(http, outcome.Status, outcome.ContentType, outcome.Body);
            return;
        }

        using var body = new PooledBuffer(512);
        route.Dialect.WritePending(record.Id, record.State, record.CreatedAt.ToUnixTimeSeconds(), body);
        await WriteAsync(http, StatusCodes.Status200OK, "application/json", body.Memory);
    }

    private static void WriteOutcome(Utf8JsonWriter json, StoredRecord record, JobOutcome outcome)
    {
        json.WriteString("completed_at"u8, outcome.CompletedAt);
        if (record.ExpiresAt is { } expires)
        {
            json.WriteString("expires_at"u8, expires);
        }

        json.WriteNumber("status_code"u8, outcome.Status);
        if (record.Claims > 1)
        {
            json.WriteNumber("runs"u8, record.Claims);
        }

        json.WritePropertyName(outcome.IsGood ? "result"u8 : "error"u8);
        if (outcome.Body.Length > 0)
        {
            json.WriteRawValue(outcome.Body.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>What was begun more than once says so: it may have been billed more than once.</summary>
    public static void TellRuns(HttpContext http, int runs)
    {
        if (runs > 1)
        {
            http.Response.Headers[JobHeaders.Runs] = runs.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private static async Task WriteAsync(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }
}
