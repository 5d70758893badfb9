namespace BifrostLite.Pipeline.Accounting;

/// <summary>What a price is for.</summary>
internal enum Meter : byte
{
    /// <summary>An input token that no cache had and no other meter takes.</summary>
    Input,
    Output,
    CacheRead,

    /// <summary>A token written to the cache for five minutes, or for a time the provider does not name.</summary>
    CacheWrite,
    CacheWrite1h,
    InputAudio,
    OutputAudio,
    InputImage,
    OutputImage,
    Reasoning,
    Citation,

    /// <summary>One search of the provider's own search tool.</summary>
    Search,

    /// <summary>One container of the provider's code interpreter.</summary>
    CodeSession,

    /// <summary>The request itself.</summary>
    Request,
}
