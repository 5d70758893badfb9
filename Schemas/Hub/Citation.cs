namespace BifrostLite.Schemas.Hub;

/// <summary>What kind of place a citation points to.</summary>
internal enum CitationKind
{
    /// <summary>A web page: Url, Title.</summary>
    Url,

    /// <summary>Characters Start..End of document number DocumentIndex.</summary>
    Characters,

    /// <summary>Pages Start..End (1-based) of a document.</summary>
    Pages,

    /// <summary>Content blocks Start..End of a document.</summary>
    Blocks,

    /// <summary>A search result the caller supplied: Source, Title, blocks Start..End.</summary>
    SearchResult,

    /// <summary>A stored file: FileId, Title (its name).</summary>
    File,

    /// <summary>Only <see cref="Citation.Raw"/> says; only its origin can use it.</summary>
    Other,
}

/// <summary>
/// A source that the answer's text names. Start and End locate the cited passage in the source, TextStart and TextEnd
/// the words of the answer that rest on it; null where the upstream does not say.
/// </summary>
internal sealed record Citation(CitationKind Kind)
{
    public JsonText Url { get; init; }

    public JsonText Title { get; init; }

    public JsonText CitedText { get; init; }

    public JsonText Source { get; init; }

    public JsonText FileId { get; init; }

    /// <summary>Opaque proof some search tools demand back (Messages encrypted_index).</summary>
    public JsonText EncryptedIndex { get; init; }

    public int? DocumentIndex { get; init; }

    public int? Start { get; init; }

    public int? End { get; init; }

    public int? TextStart { get; init; }

    public int? TextEnd { get; init; }

    /// <summary>The citation as its own dialect wrote it.</summary>
    public RawJson Raw { get; init; }
}
