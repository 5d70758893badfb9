namespace BifrostLite.Configuration;

/// <summary>
/// Holds the snapshot in force. A reload puts a whole new validated one in its place, or leaves the old one and logs why. Requests take
/// <see cref="Current"/> once and keep it, so running streams finish on theirs.
/// </summary>
/// <param name="initial">The snapshot of the start.</param>
/// <param name="load">Loads anew.</param>
/// <param name="refusal">A reason not to take a valid snapshot (it would open the gateway to strangers), or null.</param>
internal sealed partial class ConfigSource(
    GatewayConfig initial,
    Func<ConfigLoadResult> load,
    Func<GatewayConfig, string?> refusal,
    ILogger<ConfigSource> logger)
{
    private readonly Lock _gate = new();
    private volatile GatewayConfig _current = initial;

    /// <summary>Raised after the swap, on the thread of the reload: whoever builds something from the snapshot builds it anew.</summary>
    public event Action<GatewayConfig>? Changed;

    public GatewayConfig Current => _current;

    /// <summary>Loads and swaps; true where the new snapshot is in force.</summary>
    public bool Reload()
    {
        lock (_gate)
        {
            var result = load();
            if (result.Config is not { } config)
            {
                foreach (var problem in result.Problems)
                {
                    Log.Problem(logger, problem.ToString());
                }

                Log.Kept(logger, result.Problems.Count);
                return false;
            }

            if (refusal(config) is { } reason)
            {
                Log.Refused(logger, reason);
                return false;
            }

            _current = config;
            Changed?.Invoke(config);
            Log.Swapped(logger, config.Providers.Count, config.Source ?? "the environment");
            foreach (var notice in config.Notices)
            {
                Log.Notice(logger, notice);
            }

            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1100, LogLevel.Information, "Configuration reloaded from {Source}: {Providers} providers")]
        public static partial void Swapped(ILogger logger, int providers, string source);

        [LoggerMessage(1101, LogLevel.Error, "{Problem}")]
        public static partial void Problem(ILogger logger, string problem);

        [LoggerMessage(1102, LogLevel.Error, "Configuration not reloaded, {Count} problems; the one in force stays")]
        public static partial void Kept(ILogger logger, int count);

        [LoggerMessage(1103, LogLevel.Error, "Configuration not reloaded, the one in force stays: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(1104, LogLevel.Warning, "{Notice}")]
        public static partial void Notice(ILogger logger, string notice);
    }
}
