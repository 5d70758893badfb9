using System.Runtime.CompilerServices;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Tokens of one answer. <see cref="Input"/> counts everything the model read, cache reads and writes included, as
/// OpenAI does; Messages and Converse count those apart and convert on their side. Null: the upstream did not say.
/// </summary>
internal record struct Usage
{
    private const long Most = 1_000_000_000_000_000;

    // One more than the figure, so that nothing known is 0: half the size of nullable numbers, and it is copied on every answer.
    private long _input;
    private long _cacheRead;
    private long _cacheWrite5m;
    private long _cacheWrite1h;
    private long _output;
    private long _reasoning;
    private long _inputAudio;
    private long _outputAudio;
    private long _inputImage;
    private long _outputImage;
    private long _acceptedPrediction;
    private long _rejectedPrediction;
    private long _citationTokens;
    private long _webSearches;
    private long _webFetches;
    private long _codeSessions;

    public long? Input
    {
        readonly get => Known(_input);
        set => _input = Kept(value);
    }

    /// <summary>Part of <see cref="Input"/> served from the prompt cache.</summary>
    public long? CacheRead
    {
        readonly get => Known(_cacheRead);
        set => _cacheRead = Kept(value);
    }

    /// <summary>Part of <see cref="Input"/> written to the prompt cache with the 5-minute lifetime, or of unknown lifetime.</summary>
    public long? CacheWrite5m
    {
        readonly get => Known(_cacheWrite5m);
        set => _cacheWrite5m = Kept(value);
    }

    /// <summary>Part of <see cref="Input"/> written with the 1-hour lifetime.</summary>
    public long? CacheWrite1h
    {
        readonly get => Known(_cacheWrite1h);
        set => _cacheWrite1h = Kept(value);
    }

    /// <summary>Everything the model wrote, reasoning included.</summary>
    public long? Output
    {
        readonly get => Known(_output);
        set => _output = Kept(value);
    }

    /// <summary>Part of <see cref="Output"/> that was reasoning.</summary>
    public long? Reasoning
    {
        readonly get => Known(_reasoning);
        set => _reasoning = Kept(value);
    }

    public long? InputAudio
    {
        readonly get => Known(_inputAudio);
        set => _inputAudio = Kept(value);
    }

    public long? OutputAudio
    {
        readonly get => Known(_outputAudio);
        set => _outputAudio = Kept(value);
    }

    public long? InputImage
    {
        readonly get => Known(_inputImage);
        set => _inputImage = Kept(value);
    }

    public long? OutputImage
    {
        readonly get => Known(_outputImage);
        set => _outputImage = Kept(value);
    }

    public long? AcceptedPrediction
    {
        readonly get => Known(_acceptedPrediction);
        set => _acceptedPrediction = Kept(value);
    }

    public long? RejectedPrediction
    {
        readonly get => Known(_rejectedPrediction);
        set => _rejectedPrediction = Kept(value);
    }

    public long? CitationTokens
    {
        readonly get => Known(_citationTokens);
        set => _citationTokens = Kept(value);
    }

    /// <summary>Searches made by the provider's own web search tool.</summary>
    public long? WebSearches
    {
        readonly get => Known(_webSearches);
        set => _webSearches = Kept(value);
    }

    /// <summary>Pages fetched by the provider's own fetch tool.</summary>
    public long? WebFetches
    {
        readonly get => Known(_webFetches);
        set => _webFetches = Kept(value);
    }

    /// <summary>Containers of the provider's own code interpreter.</summary>
    public long? CodeSessions
    {
        readonly get => Known(_codeSessions);
        set => _codeSessions = Kept(value);
    }

    /// <summary>The service tier that answered.</summary>
    public ServiceTier Tier { get; set; }

    /// <summary>Inference was kept in the United States, which Anthropic charges for.</summary>
    public bool IsUsOnly { get; set; }

    /// <summary>Price in US dollars where the provider itself reports one.</summary>
    public decimal? Cost
    {
        readonly get;
        set => field = value < 0 ? null : value;
    }

    /// <summary>True where the figures are the gateway's estimate and not the provider's word.</summary>
    public bool IsEstimate { get; set; }

    public readonly long? CacheWrite => CacheWrite5m is null && CacheWrite1h is null ? null : (CacheWrite5m ?? 0) + (CacheWrite1h ?? 0);

    /// <summary>Input that was neither read from nor written to the cache; never negative, since some vendors report more cached than read.</summary>
    public readonly long? UncachedInput => Input is { } all ? Math.Max(0, all - (CacheRead ?? 0) - (CacheWrite ?? 0)) : null;

    /// <summary>Input plus output; null while neither is known.</summary>
    public readonly long? Total => Input is null && Output is null ? null : (Input ?? 0) + (Output ?? 0);

    public readonly bool IsEmpty =>
        (_input | _cacheRead | _cacheWrite5m | _cacheWrite1h | _output | _reasoning | _inputAudio | _outputAudio
            | _inputImage | _outputImage | _acceptedPrediction | _rejectedPrediction | _citationTokens | _webSearches | _webFetches | _codeSessions) == 0
        && Tier == default && !IsUsOnly && Cost is null && !IsEstimate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long? Known(long kept) => kept == 0 ? null : kept - 1;

    /// <summary>A negative figure would give a budget back what others spent; one above all reason would overflow the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Kept(long? figure) => figure is >= 0 and { } known ? Math.Min(known, Most) + 1 : 0;

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
        _input = later._input != 0 ? later._input : _input;
        _cacheRead = later._cacheRead != 0 ? later._cacheRead : _cacheRead;
        _cacheWrite5m = later._cacheWrite5m != 0 ? later._cacheWrite5m : _cacheWrite5m;
        _cacheWrite1h = later._cacheWrite1h != 0 ? later._cacheWrite1h : _cacheWrite1h;
        _output = later._output != 0 ? later._output : _output;
        _reasoning = later._reasoning != 0 ? later._reasoning : _reasoning;
        _inputAudio = later._inputAudio != 0 ? later._inputAudio : _inputAudio;
        _outputAudio = later._outputAudio != 0 ? later._outputAudio : _outputAudio;
        _inputImage = later._inputImage != 0 ? later._inputImage : _inputImage;
        _outputImage = later._outputImage != 0 ? later._outputImage : _outputImage;
        _acceptedPrediction = later._acceptedPrediction != 0 ? later._acceptedPrediction : _acceptedPrediction;
        _rejectedPrediction = later._rejectedPrediction != 0 ? later._rejectedPrediction : _rejectedPrediction;
        _citationTokens = later._citationTokens != 0 ? later._citationTokens : _citationTokens;
        _webSearches = later._webSearches != 0 ? later._webSearches : _webSearches;
        _webFetches = later._webFetches != 0 ? later._webFetches : _webFetches;
        _codeSessions = later._codeSessions != 0 ? later._codeSessions : _codeSessions;
        Tier = later.Tier == ServiceTier.Standard ? Tier : later.Tier;
        IsUsOnly |= later.IsUsOnly;
        Cost = later.Cost ?? Cost;
        IsEstimate = later.IsEstimate || keepsEstimate;
    }
}
