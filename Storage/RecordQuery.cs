namespace BifrostLite.Storage;

/// <summary>Which records: every given member must match.</summary>
internal sealed record RecordQuery
{
    public required string Kind { get; init; }

    public string? Owner { get; init; }

    public string? Parent { get; init; }

    public string? State { get; init; }

    /// <summary>Id of the last record of the page before, or null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Id of a record that ends the page (it is not in it), or null.</summary>
    public string? Before { get; init; }

    public bool NewestFirst { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>Who takes how many records of which state, and for how long.</summary>
internal sealed record RecordClaim
{
    public required string Kind { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required string Worker { get; init; }

    /// <summary>How long the worker may take before others may have it; renewed by updating the record with a later lease.</summary>
    public required TimeSpan Lease { get; init; }

    public int Limit { get; init; } = 1;
}
