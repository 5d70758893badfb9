using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Routing;

/// <summary>Waits between attempts: min(initial * 2^n, max) * random(0.8 .. 1.2), the contract's formula. Not sealed: tests do not wait.</summary>
internal class RetryPacing(TimeProvider clock, Random random)
{
    private const double Spread = 0.2;

    /// <param name="network">The provider's settings.</param>
    /// <param name="retry">0 for the wait before the first retry.</param>
    public TimeSpan Backoff(NetworkConfig network, int retry)
    {
        // Beyond 2^30 every sensible initial wait is above the maximum.
        var grown = network.RetryBackoffInitial * (1L << Math.Min(retry, 30));
        var capped = grown < network.RetryBackoffMax ? grown : network.RetryBackoffMax;
        return capped * (1 - Spread + (2 * Spread * random.NextDouble()));
    }

    public virtual async ValueTask WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock, cancellationToken);
        }
    }
}
