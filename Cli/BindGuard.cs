using BifrostLite.Configuration;

namespace BifrostLite.Cli;

/// <summary>
/// Refuses an open gateway: one that other machines can reach while nobody is asked for a key. Asked at start, and again for every
/// reloaded configuration.
/// </summary>
internal static class BindGuard
{
    /// <summary>Why this combination is refused and the ways out of it; null where it is fine.</summary>
    public static string? Refusal(ServeOptions options, GatewayConfig config)
    {
        if (options.IsLoopback || options.AllowUnauthenticated || config.Client.EnforceAuthOnInference)
        {
            return null;
        }

        var file = Path.Combine(options.AppDirectory, ConfigLoader.FileName);
        return $$"""
            refusing to listen on {{options.Host}}: other machines could reach it, and callers are not asked for a key, so anybody could spend yours.
              Either ask for keys:         "client": {"enforce_auth_on_inference": true} and virtual keys in {{file}}
              or open it on purpose:       --allow-unauthenticated
              or keep it on this machine:  --host 127.0.0.1
            """;
    }
}
