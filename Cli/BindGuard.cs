using BifrostLite.Configuration;
using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Cli;

/// <summary>
/// Refuses an open gateway: one that other machines can reach while nobody is asked for a key. Asked at start, and again for every
/// reloaded configuration.
/// </summary>
internal static class BindGuard
{
    /// <summary>Why this combination is refused and the ways out of it; null where it is fine.</summary>
    public static string? Refusal(ServeOptions options, GatewayConfig config) =>
        Refusal(options, config, ClientShape.EnforceAuth.Effect == Effect.Full);

    /// <param name="asksForKeys">Whether this version really asks callers for keys when the configuration says so.</param>
    internal static string? Refusal(ServeOptions options, GatewayConfig config, bool asksForKeys)
    {
        if (options.IsLoopback || options.AllowUnauthenticated || (asksForKeys && config.Client.EnforceAuthOnInference))
        {
            return null;
        }

        var keys = asksForKeys
            ? $$"""ask for keys:         "client": {"enforce_auth_on_inference": true} and virtual keys in {{Path.Combine(options.AppDirectory, ConfigLoader.FileName)}}"""
            : "ask for keys:         this version cannot yet (client.enforce_auth_on_inference has no effect); put a proxy that asks before it";
        return $"""
            refusing to listen on {options.Host}: other machines could reach it, and callers are not asked for a key, so anybody could spend yours.
              Either {keys}
              or open it on purpose:       --allow-unauthenticated
              or keep it on this machine:  --host 127.0.0.1
            """;
    }
}
