namespace BifrostLite.Pipeline.Cache;

/// <summary>The cache at the gateway's beginning and end: says where it cannot work, and empties itself where that is wanted.</summary>
internal sealed partial class CacheLife(AnswerCache cache, SnapshotSource snapshots, ILogger<CacheLife> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (snapshots.Current.Config.Cache is not null && !cache.HasStore)
        {
            NoStore(log);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (snapshots.Current.Config.Cache is { IsClearedAtEnd: true } && await cache.ClearAllAsync(null) is { } complaint)
        {
            NotCleared(log, complaint);
        }
    }

    [LoggerMessage(1321, LogLevel.Warning, "the answer cache is on, but there is no logs_store to keep answers in: give the gateway an app directory that exists, or logs_store in config.json")]
    private static partial void NoStore(ILogger log);

    [LoggerMessage(1322, LogLevel.Warning, "the answer cache could not be emptied: {Reason}")]
    private static partial void NotCleared(ILogger log, string reason);
}
