namespace BifrostLite.Configuration;

/// <summary>How a provider is reached. Times are whole units as in config.json, turned into TimeSpans here.</summary>
internal sealed record NetworkConfig
{
    public Uri? BaseUrl { get; init; }

    public IReadOnlyDictionary<string, string> ExtraHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>Longest wait for response headers.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest silence between two reads of a streamed answer.</summary>
    public TimeSpan StreamIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public int MaxRetries { get; init; }

    public TimeSpan RetryBackoffInitial { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromMilliseconds(5000);

    public bool InsecureSkipVerify { get; init; }

    public string CaCertPem { get; init; } = "";

    public int? MaxConnectionsPerHost { get; init; }

    public bool EnforceHttp2 { get; init; }
}
