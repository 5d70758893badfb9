using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Routing;

/// <summary>What one request has learned about the keys of one candidate. Made at the first failure.</summary>
internal sealed class KeyTrials
{
    private readonly List<KeyConfig> _dead = [];
    private readonly List<KeyConfig> _limited = [];

    /// <summary>How many keys refused the credential itself.</summary>
    public int DeadCount => _dead.Count;

    /// <summary>Refused (401, 402, 403): not to be used for this request again.</summary>
    public void Drop(KeyConfig key) => _dead.Add(key);

    /// <summary>Rate limited: others first, this one again when there are no others.</summary>
    public void Rest(KeyConfig key)
    {
        if (!_limited.Contains(key))
        {
            _limited.Add(key);
        }
    }

    public bool IsDead(KeyConfig key) => _dead.Contains(key);

    public bool IsLimited(KeyConfig key) => _limited.Contains(key);
}
