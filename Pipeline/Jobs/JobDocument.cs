using System.Text.Json.Serialization;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>What is stored of an asynchronous job: the request until it has run, then its answer. Holds no credential.</summary>
internal sealed record JobDocument
{
    /// <summary>Which door the request came through, see <see cref="InboundRoute.Job"/>.</summary>
    public required string Door { get; init; }

    /// <summary>It came through one of the gateway's own routes: its answer tells extra_fields and what it cost.</summary>
    public bool IsUnified { get; init; }

    public required string RequestId { get; init; }

    /// <summary>Headers the request path reads; see <see cref="JobHeaders"/>.</summary>
    public IReadOnlyList<JobHeader> Headers { get; init; } = [];

    /// <summary>The request's body as it came, decompressed; empty once it has run.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How long the answer is kept after it was made.</summary>
    public int ResultSeconds { get; init; }

    /// <summary>Name of the webhook to call at the end; empty for none.</summary>
    public string Webhook { get; init; } = "";

    /// <summary>Null until the job has run.</summary>
    public JobOutcome? Outcome { get; init; }
}

/// <summary>The answer of a job that has run, as its caller would have got it.</summary>
internal sealed record JobOutcome
{
    public required int Status { get; init; }

    public required string ContentType { get; init; }

    public IReadOnlyList<JobHeader> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }

    [JsonIgnore]
    public bool IsGood => Status is >= 200 and < 300;
}

/// <summary>A header of the caller's that the job keeps.</summary>
internal sealed record JobHeader(string Name, string Value);

/// <summary>A call of a webhook that is due.</summary>
/// <param name="Webhook">Its name in the configuration.</param>
/// <param name="Job">Id of the job.</param>
/// <param name="State">How the job ended.</param>
/// <param name="Owner">Whose it is.</param>
internal sealed record WebhookCall(string Webhook, string Job, string State, string Owner)
{
    /// <summary>The job's <see cref="JobDocument.Door"/>.</summary>
    public string Door { get; init; } = "";

    public int Status { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobDocument))]
[JsonSerializable(typeof(WebhookCall))]
internal sealed partial class JobJsonContext : JsonSerializerContext;
