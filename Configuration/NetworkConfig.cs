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

    /// <summary>Longest wait for a connection; the default lets TCP repeat its SYN three times (after 1, 3 and 7 s, RFC 6298).</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for the first token of a stream, from its headers on; null for none but the silence between reads.</summary>
    public TimeSpan? FirstTokenTimeout { get; init; }

    /// <summary>So much of a stream is held back until it is sure that it goes well; 0 for the first frame only.</summary>
    public int StreamHoldBackBytes { get; init; }

    public int MaxRetries { get; init; }

    /// <summary>A next candidate is asked beside this one when no answer has begun after so long; null for never.</summary>
    public TimeSpan? HedgeDelay { get; init; }

    /// <summary>The same after the time within which so many percent of the model's answers begin, once that is known; null for never.</summary>
    public double? HedgePercentile { get; init; }

    public bool Hedges => HedgeDelay is not null || HedgePercentile is not null;

    public TimeSpan RetryBackoffInitial { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromMilliseconds(5000);

    public bool InsecureSkipVerify { get; init; }

    public string CaCertPem { get; init; } = "";

    /// <summary>How long an idle connection is kept: below the 60 s after which AWS's load balancers drop one, so that we never write into a closed one.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>Beginnings of anthropic-beta values that are not sent on; null for none.</summary>
    public IReadOnlyList<string>? RefusedBetas { get; init; }

    public int? MaxConnectionsPerHost { get; init; }

    public bool EnforceHttp2 { get; init; }
}
