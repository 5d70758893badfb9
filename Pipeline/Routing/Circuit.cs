namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// What a provider's failures say about asking it again: after several in a row it is left alone for a while, then one
/// request probes it; a success forgets everything. Learned from requests only: nobody is called for its sake.
/// </summary>
internal sealed class Circuit(TimeProvider clock)
{
    /// <summary>One request with the usual two retries must not close a provider for all others.</summary>
    private const int FailuresToOpen = 5;

    /// <summary>Longer than a blip, and back soon after an outage: the ceiling is how late a recovery may be noticed.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private int _failures;
    private TimeSpan _pause;
    private long _openedAt;
    private bool _isProbing;

    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _pause > TimeSpan.Zero;
            }
        }
    }

    /// <summary>Whether it may be asked; where it is about to be probed, only the first who wants to know may.</summary>
    public bool Admits()
    {
        lock (_gate)
        {
            if (_pause == TimeSpan.Zero)
            {
                return true;
            }

            if (_isProbing || clock.GetElapsedTime(_openedAt) < _pause)
            {
                return false;
            }

            return _isProbing = true;
        }
    }

    public void Fail()
    {
        lock (_gate)
        {
            _isProbing = false;
            if (++_failures >= FailuresToOpen)
            {
                _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
                _openedAt = clock.GetTimestamp();
            }
        }
    }

    /// <summary>Nothing was learned: the caller went away, or the request was at fault. The next one may probe.</summary>
    public void Withdraw()
    {
        lock (_gate)
        {
            _isProbing = false;
        }
    }
}
