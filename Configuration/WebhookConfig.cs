namespace BifrostLite.Configuration;

/// <summary>An address that is told when an asynchronous job is over (https://docs.getbifrost.ai/features/webhooks); defaults as there.</summary>
/// <param name="Name">What jobs call it.</param>
/// <param name="Url">Where to post.</param>
/// <param name="Secret">Signs each post; empty for no signature.</param>
internal sealed record WebhookConfig(string Name, Uri Url, Secret Secret)
{
    /// <summary>Endings that are told: "async_job.completed" and "async_job.failed".</summary>
    public IReadOnlyList<string> Events { get; init; } = ["async_job.completed", "async_job.failed"];

    /// <summary>Further headers of each post.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Jobs may name it, but nothing is posted.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>The job's answer is part of the post, up to <see cref="MostResponseBytes"/>.</summary>
    public bool IncludesResponse { get; init; }

    public int MostResponseBytes { get; init; } = 256 * 1024;

    /// <summary>Further posts after a failed one.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>Wait before the first of them; each further one doubles it.</summary>
    public TimeSpan BackoffInitial { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(1800);

    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
