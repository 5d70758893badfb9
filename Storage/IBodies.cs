namespace BifrostLite.Storage;

/// <summary>What a walk goes through.</summary>
internal enum BodyKind
{
    Records,
    LogContents,
}

/// <summary>The bodies of one row as they lie there, sealed or not.</summary>
/// <param name="Sequence">The row.</param>
/// <param name="Kind">Kind of a record; empty for a log entry.</param>
/// <param name="Id">Id of the record or log entry.</param>
/// <param name="First">A record's body, or what was asked.</param>
/// <param name="Second">What was answered; empty for a record.</param>
internal sealed record StoredBody(long Sequence, string Kind, string Id, byte[] First, byte[] Second);

/// <summary>Goes through all bodies of an engine as they lie there: for a change of the encryption key.</summary>
internal interface IBodies
{
    /// <summary>The next rows after one, in order.</summary>
    Task<StoreResult<IReadOnlyList<StoredBody>>> BodiesAsync(BodyKind kind, long after, int limit);

    /// <summary>Puts other bodies into the same rows, all or none.</summary>
    Task<StoreResult<bool>> ReplaceBodiesAsync(BodyKind kind, IReadOnlyList<StoredBody> bodies);
}
