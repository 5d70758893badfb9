using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>The headers that make a request a job, and those a job keeps.</summary>
internal static class JobHeaders
{
    /// <summary>Any value submits the request as a job.</summary>
    public const string Submit = "x-bf-async";

    /// <summary>A job's id: its answer is asked for, the body is not read.</summary>
    public const string Id = "x-bf-async-id";

    /// <summary>Seconds the answer is kept; what is no positive number counts as absent.</summary>
    public const string ResultTtl = "x-bf-async-job-result-ttl";

    /// <summary>Name of a configured webhook to call at the end.</summary>
    public const string Webhook = "x-bf-async-webhook";

    /// <summary>On answers of jobs that a stop of the gateway made run more than once, and may have been billed as often.</summary>
    public const string Runs = "x-bf-async-runs";

    private const string DirectKey = "x-bf-direct-key";

    /// <summary>Never stored: credentials, and what belongs to the connection or to the submission.</summary>
    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "proxy-authorization", "x-api-key", "x-goog-api-key", "api-key", "x-bf-vk", "cookie", "x-amz-security-token", "x-amz-date",
        "x-amz-content-sha256", "host", "connection", "content-length", "content-encoding", "transfer-encoding", "expect", "upgrade", "te", "trailer",
        "accept-encoding", Submit, Id, ResultTtl, Webhook, "x-request-id",
    };

    /// <summary>Whether the caller asks for a job's answer; then <paramref name="id"/> is not empty.</summary>
    public static bool IsPoll(IHeaderDictionary headers, out string id)
    {
        id = headers.TryGetValue(Id, out var value) ? value.ToString() : "";
        return id.Length > 0;
    }

    public static bool IsSubmission(IHeaderDictionary headers) => headers.TryGetValue(Submit, out var value) && value.ToString().Length > 0;

    /// <summary>A provider key of the caller's own is a secret and is not stored; without it the job could not run as asked.</summary>
    public static GatewayError? Refusal(IHeaderDictionary headers) => headers.ContainsKey(DirectKey)
        ? GatewayError.Invalid("an asynchronous job cannot use a provider key of the caller's own (x-bf-direct-key): keys of callers are never stored", DirectKey)
        : null;

    public static List<JobHeader> Keep(IHeaderDictionary headers)
    {
        var kept = new List<JobHeader>();
        foreach (var (name, values) in headers)
        {
            if (!Dropped.Contains(name))
            {
                kept.Add(new JobHeader(name, values.ToString()));
            }
        }

        return kept;
    }
}
