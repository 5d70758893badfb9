namespace BifrostLite.Storage;

/// <summary>A record as both engines keep it: its columns, and what the statements of both bind in the same order.</summary>
internal static class RecordRow
{
    /// <summary>What <see cref="Read"/> takes, in its order.</summary>
    public const string Columns = "seq, kind, id, owner, parent, state, version, created_at, updated_at, expires_at, worker, lease_until, claims, body";

    public static StoredRecord Read(IRow row) => new()
    {
        Sequence = row.Long(0),
        Kind = row.Text(1),
        Id = row.Text(2),
        Owner = row.Text(3),
        Parent = row.Text(4),
        State = row.Text(5),
        Version = row.Long(6),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(7)),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(8)),
        ExpiresAt = Moment(row, 9),
        Worker = row.Text(10),
        LeaseUntil = Moment(row, 11),
        Claims = (int)row.Long(12),
        Body = row.Bytes(13),
    };

    /// <summary>1 kind, 2 id, 3 owner, 4 parent, 5 state, 6 created, 7 now, 8 expires, 9 worker, 10 lease, 11 claims, 12 body.</summary>
    public static T BindPut<T>(T parameters, StoredRecord record, long now)
        where T : class, IParameters<T> =>
        parameters.Bind(record.Kind).Bind(record.Id).Bind(record.Owner).Bind(record.Parent).Bind(record.State)
            .Bind(record.CreatedAt.ToUnixTimeMilliseconds()).Bind(now).Bind(record.ExpiresAt?.ToUnixTimeMilliseconds())
            .Bind(record.Worker).Bind(record.LeaseUntil?.ToUnixTimeMilliseconds()).Bind(record.Claims).Bind(record.Body);

    /// <summary>1 kind, 2 id, 3 version, 4 owner, 5 parent, 6 state, 7 now, 8 expires, 9 worker, 10 lease, 11 claims, 12 body.</summary>
    public static T BindUpdate<T>(T parameters, StoredRecord record, long now)
        where T : class, IParameters<T> =>
        parameters.Bind(record.Kind).Bind(record.Id).Bind(record.Version).Bind(record.Owner).Bind(record.Parent).Bind(record.State)
            .Bind(now).Bind(record.ExpiresAt?.ToUnixTimeMilliseconds()).Bind(record.Worker).Bind(record.LeaseUntil?.ToUnixTimeMilliseconds())
            .Bind(record.Claims).Bind(record.Body);

    /// <summary>1 kind, 2 now, 3 owner, 4 parent, 5 state, 6 after, 7 before, 8 limit.</summary>
    public static T BindList<T>(T parameters, RecordQuery query, long now)
        where T : class, IParameters<T> =>
        parameters.Bind(query.Kind).Bind(now).Bind(query.Owner).Bind(query.Parent).Bind(query.State).Bind(query.After).Bind(query.Before).Bind(query.Limit);

    /// <summary>1 kind, 2 from, 3 to, 4 worker, 5 now, 6 until, 7 limit.</summary>
    public static T BindClaim<T>(T parameters, RecordClaim claim, long now)
        where T : class, IParameters<T> =>
        parameters.Bind(claim.Kind).Bind(claim.From).Bind(claim.To).Bind(claim.Worker).Bind(now)
            .Bind(now + (long)claim.Lease.TotalMilliseconds).Bind(claim.Limit);

    private static DateTimeOffset? Moment(IRow row, int column) =>
        row.IsNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.Long(column));
}
