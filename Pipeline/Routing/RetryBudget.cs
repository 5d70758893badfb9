namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// Keeps retries from becoming a storm: over the last ten seconds at most a fifth as many retries as requests, and ten a
/// second in any case, so that a quiet gateway retries freely. (The figures are those of Finagle's retry budget,
/// twitter.github.io/finagle/guide/Clients.html#retry-budget, and Envoy's default of 20 %.) Shared by all providers.
/// </summary>
internal sealed class RetryBudget(TimeProvider clock)
{
    private const int Seconds = 10;
    private const int FloorASecond = 10;
    private const double Share = 0.2;

    private readonly Lock _gate = new();
    private readonly Bucket[] _buckets = new Bucket[Seconds];

    /// <summary>A request whose provider may be retried has come.</summary>
    public void Deposit()
    {
        lock (_gate)
        {
            Current().Requests++;
        }
    }

    /// <summary>Whether another retry is affordable; if so it is counted.</summary>
    public bool TryWithdraw()
    {
        lock (_gate)
        {
            ref var current = ref Current();
            var requests = 0;
            var retries = 0;
            foreach (ref var bucket in _buckets.AsSpan())
            {
                if (bucket.Second > current.Second - Seconds)
                {
                    requests += bucket.Requests;
                    retries += bucket.Retries;
                }
            }

            if (retries >= (FloorASecond * Seconds) + (requests * Share))
            {
                return false;
            }

            current.Retries++;
            return true;
        }
    }

    private ref Bucket Current()
    {
        var second = clock.GetTimestamp() / clock.TimestampFrequency;
        ref var bucket = ref _buckets[second % Seconds];
        if (bucket.Second != second)
        {
            bucket = new Bucket { Second = second };
        }

        return ref bucket;
    }

    private struct Bucket
    {
        public long Second;
        public int Requests;
        public int Retries;
    }
}
