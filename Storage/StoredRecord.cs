namespace BifrostLite.Storage;

/// <summary>One thing that is kept under a kind and an id: a job, a response, a conversation or one of its items.</summary>
internal sealed record StoredRecord
{
    public required string Kind { get; init; }

    public required string Id { get; init; }

    /// <summary>The virtual key it belongs to; empty where callers need none.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Id of what it is a part of (the conversation of an item, the response before this one); empty for none.</summary>
    public string Parent { get; init; } = "";

    /// <summary>Where it stands; the words are the kind's own.</summary>
    public string State { get; init; } = "";

    /// <summary>Counts changes, from 1: see <see cref="IStore.TryUpdateAsync"/>. Set by the store.</summary>
    public long Version { get; init; }

    /// <summary>Place in the order of first putting. Set by the store.</summary>
    public long Sequence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>From then on it is as if it were not there; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who works on it, and until when he may; see <see cref="IStore.ClaimAsync"/>.</summary>
    public string Worker { get; init; } = "";

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>How often it was claimed: 1 for the first worker.</summary>
    public int Claims { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }
}
