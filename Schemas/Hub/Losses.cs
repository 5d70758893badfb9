namespace BifrostLite.Schemas.Hub;

/// <summary>One thing a translation could not say.</summary>
/// <param name="Path">Where it stood in the source, e.g. "messages[2].content[0].cache_control".</param>
/// <param name="Reason">A short fixed code such as "unsupported", "clamped", "other_issuer"; see <see cref="LossReason"/>.</param>
internal readonly record struct Loss(string Path, string Reason);

/// <summary>The closed list of reasons, so that a metric's labels stay bounded.</summary>
internal static class LossReason
{
    public const string Unsupported = "unsupported";

    public const string Clamped = "clamped";

    public const string OtherIssuer = "other_issuer";

    public const string Unknown = "unknown";

    public const string Conflict = "conflict";

    public const string Moved = "moved";

    public const string Repaired = "repaired";

    /// <summary>What each means; docs/translation.md is written from it.</summary>
    public static readonly IReadOnlyList<(string Code, string Meaning)> All =
    [
        (Unsupported, "the target dialect or model has no place for it"),
        (Unknown, "a member that neither the gateway's own model of requests nor the target knows"),
        (Moved, "said in another place, or less exactly, that means nearly the same"),
        (Clamped, "changed to the nearest value the target takes"),
        (Repaired, "the target would refuse it as it stood, so it was made legal"),
        (Conflict, "something else in the request excludes it, and won"),
        (OtherIssuer, "reasoning state of another issuer: replaying it would be refused"),
    ];
}

/// <summary>What one exchange lost in translation. Nothing is ever dropped without an entry here.</summary>
internal sealed class Losses
{
    /// <summary>A hostile request must not grow the list without end; what exceeds it is only counted.</summary>
    private const int MaxKept = 64;

    private List<Loss>? _kept;

    public int Count { get; private set; }

    public IReadOnlyList<Loss> Kept => _kept ?? (IReadOnlyList<Loss>)[];

    public void Add(string path, string reason)
    {
        Count++;
        if ((_kept ??= []).Count < MaxKept)
        {
            _kept.Add(new Loss(path, reason));
        }
    }

    public void AddIf(bool isLost, string path, string reason)
    {
        if (isLost)
        {
            Add(path, reason);
        }
    }

    /// <summary>The same for a member of what has a path: the two are joined only where there is something to tell.</summary>
    public void AddIf(bool isLost, string owner, string member, string reason)
    {
        if (isLost)
        {
            Add($"{owner}.{member}", reason);
        }
    }

    /// <summary>It was carried after all, by other means.</summary>
    public void Forget(string path) => Count -= _kept?.RemoveAll(loss => loss.Path == path) ?? 0;
}
