using System.Collections.Concurrent;
using BifrostLite.Pipeline.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>Notes how long the gateway would have waited between attempts and does not wait.</summary>
internal sealed class NoWaiting() : RetryPacing(TimeProvider.System, new Random(1))
{
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    /// <summary>Set to have waits last until the caller goes away.</summary>
    public TaskCompletionSource? Stuck { get; set; }

    public override async ValueTask WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        Waits.Enqueue(wait);
        if (Stuck is { } stuck)
        {
            stuck.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    public void Install(IServiceCollection services) => services.AddSingleton<RetryPacing>(this);
}
