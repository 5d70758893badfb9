namespace BifrostLite.Schemas.Hub;

/// <summary>What a tool run by the provider brought back.</summary>
internal sealed record ServerToolOutcome
{
    /// <summary>Pages a search or fetch found.</summary>
    public IReadOnlyList<SearchHit> Hits { get; init; } = [];

    /// <summary>Plain output (a program's print-out, a fetched page, an MCP answer), escaped.</summary>
    public JsonText Text { get; init; }

    /// <summary>The provider's error code where the tool failed.</summary>
    public JsonText ErrorCode { get; init; }

    /// <summary>The result as its own dialect wrote it: the whole block or item.</summary>
    public RawJson Raw { get; init; }
}

/// <summary>One page found by a provider's search.</summary>
internal sealed record SearchHit(JsonText Url, JsonText Title)
{
    public JsonText Snippet { get; init; }

    public JsonText Date { get; init; }

    /// <summary>Opaque content some providers demand back on the next turn.</summary>
    public JsonText Encrypted { get; init; }
}
