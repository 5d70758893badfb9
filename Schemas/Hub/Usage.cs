namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Tokens of one answer. <see cref="Input"/> counts everything the model read, cache reads and writes included, as
/// OpenAI does; Messages and Converse count those apart and convert on their side. Null: the upstream did not say.
/// </summary>
internal record struct Usage
{
    public long? Input { get; set; }

    /// <summary>Part of <see cref="Input"/> served from the prompt cache.</summary>
    public long? CacheRead { get; set; }

    /// <summary>Part of <see cref="Input"/> written to the prompt cache with the 5-minute lifetime, or of unknown lifetime.</summary>
    public long? CacheWrite5m { get; set; }

    /// <summary>Part of <see cref="Input"/> written with the 1-hour lifetime.</summary>
    public long? CacheWrite1h { get; set; }

    /// <summary>Everything the model wrote, reasoning included.</summary>
    public long? Output { get; set; }

    /// <summary>Part of <see cref="Output"/> that was reasoning.</summary>
    public long? Reasoning { get; set; }

    public long? InputAudio { get; set; }

    public long? OutputAudio { get; set; }

    public long? InputImage { get; set; }

    public long? OutputImage { get; set; }

    public long? AcceptedPrediction { get; set; }

    public long? RejectedPrediction { get; set; }

    public long? CitationTokens { get; set; }

    /// <summary>Searches made by the provider's own web search tool.</summary>
    public long? WebSearches { get; set; }

    /// <summary>Pages fetched by the provider's own fetch tool.</summary>
    public long? WebFetches { get; set; }

    /// <summary>Containers of the provider's own code interpreter.</summary>
    public long? CodeSessions { get; set; }

    /// <summary>The service tier that answered.</summary>
    public ServiceTier Tier { get; set; }

    /// <summary>Inference was kept in the United States, which Anthropic charges for.</summary>
    public bool IsUsOnly { get; set; }

    /// <summary>Price in US dollars where the provider itself reports one.</summary>
    public decimal? Cost { get; set; }

    /// <summary>True where the figures are the gateway's estimate and not the provider's word.</summary>
    public bool IsEstimate { get; set; }

    public readonly long? CacheWrite => CacheWrite5m is null && CacheWrite1h is null ? null : (CacheWrite5m ?? 0) + (CacheWrite1h ?? 0);

    /// <summary>Input that was neither read from nor written to the cache; never negative, since some vendors report more cached than read.</summary>
    public readonly long? UncachedInput => Input is { } all ? Math.Max(0, all - (CacheRead ?? 0) - (CacheWrite ?? 0)) : null;

    /// <summary>Input plus output; null while neither is known.</summary>
    public readonly long? Total => Input is null && Output is null ? null : (Input ?? 0) + (Output ?? 0);

    /// <summary>The usual figures first: comparing all of them is the slow way.</summary>
    public readonly bool IsEmpty => Output is null && Input is null && this == default;

    /// <summary>
    /// Later figures win member by member: providers report cumulative totals, some of them in pieces. An
    /// estimate ends with exact figures for what was estimated, which is the input at the start of a stream.
    /// </summary>
    public void Merge(in Usage later)
    {
        if (later.IsEmpty)
        {
            return;
        }

        var keepsEstimate = IsEstimate && later.Input is null && Input is not null;
        Input = later.Input ?? Input;
        CacheRead = later.CacheRead ?? CacheRead;
        CacheWrite5m = later.CacheWrite5m ?? CacheWrite5m;
        CacheWrite1h = later.CacheWrite1h ?? CacheWrite1h;
        Output = later.Output ?? Output;
        Reasoning = later.Reasoning ?? Reasoning;
        InputAudio = later.InputAudio ?? InputAudio;
        OutputAudio = later.OutputAudio ?? OutputAudio;
        InputImage = later.InputImage ?? InputImage;
        OutputImage = later.OutputImage ?? OutputImage;
        AcceptedPrediction = later.AcceptedPrediction ?? AcceptedPrediction;
        RejectedPrediction = later.RejectedPrediction ?? RejectedPrediction;
        CitationTokens = later.CitationTokens ?? CitationTokens;
        WebSearches = later.WebSearches ?? WebSearches;
        WebFetches = later.WebFetches ?? WebFetches;
        CodeSessions = later.CodeSessions ?? CodeSessions;
        Tier = later.Tier == ServiceTier.Standard ? Tier : later.Tier;
        IsUsOnly |= later.IsUsOnly;
        Cost = later.Cost ?? Cost;
        IsEstimate = later.IsEstimate || keepsEstimate;
    }
}
