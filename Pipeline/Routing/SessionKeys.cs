namespace BifrostLite.Pipeline.Routing;

/// <summary>Which key of a provider a session keeps to, so that the provider's prompt cache is met again. In memory, bounded.</summary>
internal sealed class SessionKeys(TimeProvider clock)
{
    /// <summary>At about 200 bytes each: some megabytes at most, whatever callers make up.</summary>
    private const int MostSessions = 20_000;

    /// <summary>A longer id is none that anybody means; it is not remembered.</summary>
    private const int LongestId = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Held> _keys = new(StringComparer.Ordinal);

    /// <summary>The name of the key a session has, or null.</summary>
    public string? Find(string session, string provider)
    {
        lock (_gate)
        {
            return _keys.TryGetValue(Place(session, provider), out var entry) && entry.Until > clock.GetUtcNow() ? entry.Key : null;
        }
    }

    /// <summary>The session keeps to this key from now on, for so long after each use.</summary>
    public void Keep(string session, string provider, string key, TimeSpan lifetime)
    {
        if (session.Length > LongestId)
        {
            return;
        }

        lock (_gate)
        {
            if (_keys.Count >= MostSessions)
            {
                MakeRoom();
            }

            _keys[Place(session, provider)] = new Held(key, clock.GetUtcNow() + lifetime);
        }
    }

    /// <summary>No header holds a line feed.</summary>
    private static string Place(string session, string provider) => $"{session}\n{provider}";

    /// <summary>What has run out goes; where that is nothing, a quarter at random does.</summary>
    private void MakeRoom()
    {
        var now = clock.GetUtcNow();
        var before = _keys.Count;
        foreach (var (session, entry) in _keys)
        {
            if (entry.Until <= now)
            {
                _keys.Remove(session);
            }
        }

        var left = _keys.Count < before ? 0 : MostSessions / 4;
        foreach (var session in _keys.Keys)
        {
            if (left-- <= 0)
            {
                break;
            }

            _keys.Remove(session);
        }
    }

    private sealed record Held(string Key, DateTimeOffset Until);
}
