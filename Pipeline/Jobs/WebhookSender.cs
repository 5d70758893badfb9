using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>
/// Tells a configured address that a job is over: POST {"type":"async_job.completed"|"async_job.failed","timestamp","data":{"id","status"}},
/// signed as https://www.standardwebhooks.com prescribes (webhook-id, webhook-timestamp, webhook-signature: "v1," and the base64 of the
/// HMAC-SHA256 of "id.timestamp.body"). Anything but a 2xx is tried again; redirects are not followed.
/// </summary>
internal sealed class WebhookSender(SnapshotSource snapshots, TimeProvider clock, ILogger<WebhookSender> log)
{
    /// <summary>Most calls under way.</summary>
    public const int AtOnce = 4;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Waits before each further try; after the last one the call is given up.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
    ];

    /// <summary>Made at the first call: most gateways have no webhook.</summary>
    private static readonly Lazy<HttpMessageInvoker> Calls = new(static () => new HttpMessageInvoker(HttpPools.Create(new PoolSettings("webhooks"))));

    /// <summary>The call that is due for a job that is over. One for each job: a job that ends again is not told again.</summary>
    public static StoredRecord Due(StoredRecord job, string webhook, DateTimeOffset now) => new()
    {
        Kind = JobKinds.Webhook,
        Id = job.Id,
        Owner = job.Owner,
        State = JobStates.Pending,
        CreatedAt = now,
        ExpiresAt = now.AddDays(1),
        Body = JsonSerializer.SerializeToUtf8Bytes(new WebhookCall(webhook, job.Id, job.State, job.Owner), JobJsonContext.Default.WebhookCall),
    };

    public async Task SendAsync(IStore store, JobLease lease)
    {
        var record = lease.Claimed;
        var call = JsonSerializer.Deserialize(record.Body.Span, JobJsonContext.Default.WebhookCall)!;
        if (snapshots.Current.Config.Client.FindWebhook(call.Webhook) is not { } webhook)
        {
            await store.DeleteAsync(record.Kind, record.Id);
            return;
        }

        var problem = await CallAsync(webhook, call, lease.Token);
        if (problem is null)
        {
            await store.DeleteAsync(record.Kind, record.Id);
            return;
        }

        JobLog.WebhookFailed(log, webhook.Name, call.Job, record.Claims, problem);
        if (record.Claims > Waits.Length)
        {
            JobLog.WebhookGivenUp(log, webhook.Name, call.Job, record.Claims);
            await store.DeleteAsync(record.Kind, record.Id);
            return;
        }

        // A lease that runs out is how a record comes back later.
        await store.TryUpdateAsync(await lease.EndAsync() with { LeaseUntil = clock.GetUtcNow() + Waits[record.Claims - 1] });
    }

    /// <summary>Why the call failed, or null.</summary>
    private async Task<string?> CallAsync(WebhookConfig webhook, WebhookCall call, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var body = Body(call, now);
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("webhook-id", call.Job);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("webhook-signature", Sign(webhook.Secret.Reveal(), call.Job, timestamp, body));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            using var response = await Calls.Value.SendAsync(request, deadline.Token);
            return response.IsSuccessStatusCode ? null : $"it answered {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return e is OperationCanceledException ? "it did not answer in time" : "it could not be reached";
        }
    }

    internal static string Sign(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    private static byte[] Body(WebhookCall call, DateTimeOffset now)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "async_job." + call.State);
            json.WriteString("timestamp"u8, now);
            json.WriteStartObject("data"u8);
            json.WriteString("id"u8, call.Job);
            json.WriteString("status"u8, call.State);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
