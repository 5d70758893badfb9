using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>
/// Tells a configured address that a job is over, with a <see cref="WebhookBody"/> that is signed as https://www.standardwebhooks.com
/// prescribes (webhook-id, webhook-timestamp, webhook-signature: "v1," and the base64 of the HMAC-SHA256 of "id.timestamp.body").
/// Anything but a 2xx is tried again; redirects are not followed.
/// </summary>
internal sealed class WebhookSender(SnapshotSource snapshots, JobDoors doors, TimeProvider clock, ILogger<WebhookSender> log)
{
    /// <summary>Most calls under way.</summary>
    public const int AtOnce = 4;

    private const string SecretPrefix = "whsec_";

    /// <summary>Made at the first call: most gateways have no webhook.</summary>
    private static readonly Lazy<HttpMessageInvoker> Calls = new(static () => new HttpMessageInvoker(HttpPools.Create(new PoolSettings("webhooks"))));

    /// <summary>The call that is due for a job that is over. One for each job: a job that ends again is not told again.</summary>
    public static StoredRecord Due(StoredRecord record, JobDocument job, DateTimeOffset now) => new()
    {
        Kind = JobKinds.Webhook,
        Id = record.Id,
        Owner = record.Owner,
        State = JobStates.Pending,
        CreatedAt = now,
        ExpiresAt = now.AddDays(1),
        Body = JsonSerializer.SerializeToUtf8Bytes(
            new WebhookCall(job.Webhook, record.Id, record.State, record.Owner) { Door = job.Door, Status = job.Outcome!.Status, ExpiresAt = record.ExpiresAt },
            JobJsonContext.Default.WebhookCall),
    };

    public async Task SendAsync(IStore store, JobLease lease)
    {
        var record = lease.Claimed;
        var call = JsonSerializer.Deserialize(record.Body.Span, JobJsonContext.Default.WebhookCall)!;
        var webhook = snapshots.Current.Config.Client.FindWebhook(call.Webhook);
        if (webhook is not { IsDisabled: false } || !webhook.Events.Contains(WebhookBody.EventOf(call)))
        {
            await store.DeleteAsync(record.Kind, record.Id);
            return;
        }

        var problem = await CallAsync(webhook, call, await BodyAsync(store, webhook, call), lease.Token);
        if (problem is null)
        {
            await store.DeleteAsync(record.Kind, record.Id);
            return;
        }

        JobLog.WebhookFailed(log, webhook.Name, call.Job, record.Claims, problem);
        if (record.Claims > webhook.MaxRetries)
        {
            JobLog.WebhookGivenUp(log, webhook.Name, call.Job, record.Claims);
            await store.DeleteAsync(record.Kind, record.Id);
            return;
        }

        // A lease that runs out is how a record comes back later.
        await store.TryUpdateAsync(await lease.EndAsync() with { LeaseUntil = clock.GetUtcNow() + Wait(webhook, record.Claims) });
    }

    /// <summary>The wait after so many posts that failed.</summary>
    internal static TimeSpan Wait(WebhookConfig webhook, int failed)
    {
        var wait = webhook.BackoffInitial * Math.Pow(2, Math.Min(failed - 1, 30));
        return wait < webhook.BackoffMax ? wait : webhook.BackoffMax;
    }

    /// <summary>What follows "whsec_" is the key in base64; a secret without it is the key itself.</summary>
    internal static string Sign(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Key(secret), signed));
    }

    private static byte[] Key(string secret)
    {
        var key = new byte[secret.Length];
        return secret.StartsWith(SecretPrefix, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[SecretPrefix.Length..], key, out var length)
            ? key[..length]
            : Encoding.UTF8.GetBytes(secret);
    }

    private async Task<byte[]> BodyAsync(IStore store, WebhookConfig webhook, WebhookCall call)
    {
        var found = await store.GetAsync(JobKinds.Job, call.Job);
        var outcome = found is { IsDone: true, Value: { } job } ? JobBoard.Read(job)?.Outcome : null;
        return WebhookBody.Write(webhook, call, doors.Find(call.Door), outcome, isGone: found is { IsDone: true, Value: null }, clock.GetUtcNow());
    }

    /// <summary>Why the call failed, or null.</summary>
    private async Task<string?> CallAsync(WebhookConfig webhook, WebhookCall call, byte[] body, CancellationToken cancellationToken)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("webhook-id", call.Job);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        if (!webhook.Secret.IsEmpty)
        {
            request.Headers.TryAddWithoutValidation("webhook-signature", Sign(webhook.Secret.Reveal(), call.Job, timestamp, body));
        }

        AddOwn(request, webhook.Headers);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(webhook.AttemptTimeout);
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

    /// <summary>Headers of the delivery itself cannot be replaced: what is there stays.</summary>
    private static void AddOwn(HttpRequestMessage request, IReadOnlyDictionary<string, string> headers)
    {
        foreach (var (name, value) in headers)
        {
            if (!name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) && !name.Equals("host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.TryAddWithoutValidation(name, value); // refuses content-type and its kind, which belong to the content
            }
        }
    }
}
