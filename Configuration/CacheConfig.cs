namespace BifrostLite.Configuration;

/// <summary>
/// The answer cache: Bifrost's plugin "semantic_cache", "local_cache" by its newer name (docs.getbifrost.ai/features/semantic-caching). What
/// it keeps lies in the logs_store; a vector database is not needed.
/// </summary>
internal sealed record CacheConfig
{
    /// <summary>Who makes the embeddings; empty: only equal requests are found.</summary>
    public string Provider { get; init; } = "";

    public string EmbeddingModel { get; init; } = "";

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Cosine of two requests' embeddings from which on they count as the same question.</summary>
    public double Threshold { get; init; } = 0.8;

    /// <summary>Keeps caches of different settings apart within one store.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The cache key of requests that name none; empty: those are not cached.</summary>
    public string DefaultKey { get; init; } = "";

    /// <summary>Conversations of more messages are left alone.</summary>
    public int MostMessages { get; init; } = 3;

    public bool ByModel { get; init; } = true;

    public bool ByProvider { get; init; } = true;

    public bool ExcludesSystem { get; init; }

    /// <summary>The cache is emptied when the gateway stops.</summary>
    public bool IsClearedAtEnd { get; init; }

    /// <summary>Alike requests are looked for, not only equal ones.</summary>
    public bool FindsAlike => Provider.Length > 0 && EmbeddingModel.Length > 0;
}
