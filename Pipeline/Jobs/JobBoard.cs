using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>
/// Takes requests as jobs and tells how they stand. A job that was acknowledged is stored; only its owner (the same virtual key) on the
/// same kind of route finds it again.
/// </summary>
internal sealed class JobBoard(Stores stores, JobBell bell, TimeProvider clock)
{
    private static readonly GatewayError NoStore = GatewayError.Invalid("async operations not available: logs store not configured", JobHeaders.Submit);

    private static readonly GatewayError NotHere = GatewayError.Invalid("async operation is not supported on this route", JobHeaders.Submit);

    private static readonly GatewayError NoStream =
        GatewayError.Invalid("streaming is not supported for asynchronous jobs: leave out \"stream\" or set it to false", "stream");

    /// <summary>Stores the request of a routed exchange and answers with the job's id.</summary>
    public async Task<GatewayError?> SubmitAsync(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        var client = exchange.Snapshot.Config.Client;
        if (Refusal(exchange, headers, client) is { } refusal)
        {
            return refusal;
        }

        var record = new StoredRecord
        {
            Kind = JobKinds.Job,
            Id = Guid.NewGuid().ToString(),
            Owner = OwnerOf(exchange),
            State = JobStates.Pending,
            CreatedAt = clock.GetUtcNow(),
        };
        var job = new JobDocument
        {
            Door = exchange.Route.Job!,
            IsUnified = exchange.Route.IsUnified,
            RequestId = exchange.Id,
            Headers = JobHeaders.Keep(headers),
            Body = exchange.Body!.Memory.ToArray(),
            ResultSeconds = int.TryParse(headers[JobHeaders.ResultTtl], out var seconds) && seconds > 0 ? seconds : client.AsyncJobResultTtl,
            Webhook = headers[JobHeaders.Webhook].ToString(),
        };
        var stored = await stores.Logs!.PutAsync(record with { Body = JsonSerializer.SerializeToUtf8Bytes(job, JobJsonContext.Default.JobDocument) });
        if (!stored.IsDone)
        {
            return Unstored(stored.Fault);
        }

        bell.Ring();
        await AnswerAsync(exchange, record, job);
        return null;
    }

    /// <summary>Answers with how a job stands. Unknown, expired, somebody else's and another operation's are one and the same 404.</summary>
    public async Task<GatewayError?> TellAsync(Exchange exchange, string id)
    {
        if (Closed(exchange) is { } closed)
        {
            return closed;
        }

        var found = await stores.Logs!.GetAsync(JobKinds.Job, id);
        if (!found.IsDone)
        {
            return Unstored(found.Fault);
        }

        if (found.Value is not { } record || record.Owner != OwnerOf(exchange) || Read(record) is not { } job || job.Door != exchange.Route.Job)
        {
            return new GatewayError(404, ErrorKind.NotFound, "job not found or expired");
        }

        await AnswerAsync(exchange, record, job);
        return null;
    }

    /// <summary>The stored form of a record's body; null where a newer version of the gateway wrote something else.</summary>
    public static JobDocument? Read(StoredRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Body.Span, JobJsonContext.Default.JobDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private GatewayError? Refusal(Exchange exchange, IHeaderDictionary headers, ClientConfig client)
    {
        // An answer that stands for one to come has a place for the job's id only where models answer.
        if (exchange.Route is { AnswersEnvelope: false, Operation: not Operation.Generate })
        {
            return NotHere;
        }

        if (Closed(exchange) is { } closed)
        {
            return closed;
        }

        if (exchange.Path.Stream ?? exchange.Peek!.Stream ?? false)
        {
            return NoStream;
        }

        var webhook = headers[JobHeaders.Webhook].ToString();
        if (webhook.Length > 0 && client.FindWebhook(webhook) is null)
        {
            return GatewayError.Invalid($"\"{webhook}\" is no configured webhook", JobHeaders.Webhook);
        }

        return JobHeaders.Refusal(headers);
    }

    /// <summary>Why there are no jobs at all behind this door, or null.</summary>
    private GatewayError? Closed(Exchange exchange) => exchange.Route.Job is null ? NotHere : stores.Logs is null ? NoStore : null;

    private static Task AnswerAsync(Exchange exchange, StoredRecord record, JobDocument job) => exchange.Route.AnswersEnvelope
        ? JobAnswer.WriteEnvelopeAsync(exchange.Http, record, job)
        : JobAnswer.WriteAsRouteAsync(exchange.Http, exchange.Route, record, job);

    private static string OwnerOf(Exchange exchange) => exchange.VirtualKey?.Id ?? "";

    private static GatewayError Unstored(StoreFault fault) =>
        new(503, ErrorKind.Unavailable, $"the gateway's store cannot be used: {fault.Message}");
}
