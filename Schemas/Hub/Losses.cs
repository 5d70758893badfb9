namespace BifrostLite.Schemas.Hub;

/// <summary>One thing a translation could not say.</summary>
/// <param name="Path">Where it stood in the source, e.g. "messages[2].content[0].cache_control".</param>
/// <param name="Reason">A short fixed code such as "unsupported", "clamped", "other_issuer"; see <see cref="LossReason"/>.</param>
internal readonly record struct Loss(string Path, string Reason);

/// <summary>The closed list of reasons, so that a metric's labels stay bounded.</summary>
internal static class LossReason
{
    /// <summary>The target dialect or model has no place for it.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>It was changed to the nearest value the target takes.</summary>
    public const string Clamped = "clamped";

    /// <summary>Reasoning state of another issuer: replaying it would be refused.</summary>
    public const string OtherIssuer = "other_issuer";

    /// <summary>The hub does not know the member.</summary>
    public const string Unknown = "unknown";

    /// <summary>It conflicts with something else in the request, which won.</summary>
    public const string Conflict = "conflict";

    /// <summary>It moved to another place that means nearly the same.</summary>
    public const string Moved = "moved";

    /// <summary>The target would refuse it as it stood, so it was made legal.</summary>
    public const string Repaired = "repaired";
}

/// <summary>What one exchange lost in translation. Nothing is ever dropped without an entry here.</summary>
internal sealed class Losses
{
    /// <summary>A hostile request must not grow the list without end; what exceeds it is only counted.</summary>
    private const int MaxKept = 64;

    private readonly List<Loss> _kept = [];

    public int Count { get; private set; }

    public IReadOnlyList<Loss> Kept => _kept;

    public void Add(string path, string reason)
    {
        Count++;
        if (_kept.Count < MaxKept)
        {
            _kept.Add(new Loss(path, reason));
        }
    }
}
