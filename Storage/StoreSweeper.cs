using BifrostLite.Configuration;

namespace BifrostLite.Storage;

/// <summary>Cleans the stores up every minute, as Bifrost does: what has expired, what is older than the configuration keeps, what is over the size.</summary>
internal sealed partial class StoreSweeper : IHostedService, IDisposable
{
    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Stores _stores;
    private readonly ConfigSource _config;
    private readonly TimeProvider _clock;
    private readonly ILogger<StoreSweeper> _log;
    private readonly ITimer _timer;
    private int _isSweeping;

    public StoreSweeper(Stores stores, ConfigSource config, TimeProvider clock, ILogger<StoreSweeper> log)
    {
        _stores = stores;
        _config = config;
        _clock = clock;
        _log = log;
        _timer = clock.CreateTimer(static state => _ = ((StoreSweeper)state!).SweepAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_stores.State is not null || _stores.Logs is not null)
        {
            _timer.Change(Interval, Interval);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public void Dispose() => _timer.Dispose();

    internal async Task SweepAsync()
    {
        // A slow clean-up is not joined by a second one.
        if (Interlocked.Exchange(ref _isSweeping, 1) == 1)
        {
            return;
        }

        var limits = LimitsOf(_config.Current, _clock.GetUtcNow());
        await SweepAsync(_stores.Logs, limits);
        if (!ReferenceEquals(_stores.State, _stores.Logs))
        {
            await SweepAsync(_stores.State, limits);
        }

        Volatile.Write(ref _isSweeping, 0);
    }

    /// <summary>logs_store.retention_days goes before client.log_retention_days; 0 days keep entries for ever.</summary>
    internal static StoreLimits LimitsOf(GatewayConfig config, DateTimeOffset now)
    {
        var days = config.LogsStore?.RetentionDays ?? config.Client.LogRetentionDays;
        var most = (now - DateTimeOffset.UnixEpoch).TotalDays;
        return new StoreLimits(
            days == 0 || days >= most ? DateTimeOffset.UnixEpoch : now.AddDays(-days),
            config.LogsStore?.MaxSizeMb is { } megabytes ? (long)megabytes << 20 : null);
    }

    private async Task SweepAsync(IStore? store, StoreLimits limits)
    {
        if (store is null)
        {
            return;
        }

        var result = await store.SweepAsync(limits);
        if (result.Fault is { } fault)
        {
            Log.Failed(_log, fault.Message);
        }
        else if (result.Value > 0)
        {
            Log.Swept(_log, result.Value);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1310, LogLevel.Debug, "Cleaned {Rows} rows out of the store")]
        public static partial void Swept(ILogger logger, long rows);

        [LoggerMessage(1311, LogLevel.Warning, "The store could not be cleaned up: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
