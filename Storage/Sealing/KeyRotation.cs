namespace BifrostLite.Storage.Sealing;

/// <summary>
/// Seals everything in a store with another key. Can be run again after it was broken off: what the new key has sealed already is left
/// alone. The gateway must not run meanwhile, or it would go on sealing with the old key.
/// </summary>
internal sealed class KeyRotation(IBodies bodies, StoreKey? from, StoreKey to)
{
    private const int StepRows = 200;

    /// <summary>Bodies that were sealed anew.</summary>
    public long Sealed { get; private set; }

    /// <summary>The fault that stopped it, or null.</summary>
    public async Task<StoreFault?> RunAsync() => await RunAsync(BodyKind.Records) ?? await RunAsync(BodyKind.LogContents);

    private async Task<StoreFault?> RunAsync(BodyKind kind)
    {
        var after = 0L;
        while (true)
        {
            var step = await bodies.BodiesAsync(kind, after, StepRows);
            if (!step.IsDone || step.Value.Count == 0)
            {
                return step.Fault;
            }

            after = step.Value[^1].Sequence;
            var changed = new List<StoredBody>();
            foreach (var body in step.Value)
            {
                if (Reseal(kind, body) is not { } resealed)
                {
                    return new StoreFault(
                        StoreFaultKind.Corrupt,
                        $"{(body.Kind.Length > 0 ? body.Kind : "log entry")} {body.Id} is sealed with key {StoreKey.IdOf(body.First)}, "
                        + $"which is not the one configured{(from is null ? "" : $" ({from.Id})")}");
                }

                if (!ReferenceEquals(resealed, body))
                {
                    changed.Add(resealed);
                }
            }

            if (changed.Count > 0 && (await bodies.ReplaceBodiesAsync(kind, changed)).Fault is { } fault)
            {
                return fault;
            }

            Sealed += changed.Count;
        }
    }

    /// <summary>The same object where the new key has sealed it already; null where no key fits.</summary>
    private StoredBody? Reseal(BodyKind kind, StoredBody body)
    {
        if (StoreKey.IsSealed(body.First) && StoreKey.IdOf(body.First) == to.Id)
        {
            return body;
        }

        if (kind == BodyKind.Records)
        {
            return Reseal(body.First, Place.OfRecord(body.Kind, body.Id)) is { } only ? body with { First = only } : null;
        }

        return Reseal(body.First, Place.OfRequest(body.Id)) is { } first && Reseal(body.Second, Place.OfResponse(body.Id)) is { } second
            ? body with { First = first, Second = second }
            : null;
    }

    private byte[]? Reseal(byte[] body, string place)
    {
        var plain = StoreKey.IsSealed(body) ? from?.TryOpen(body, place) : body;
        return plain is null ? null : to.Seal(plain, place);
    }
}
