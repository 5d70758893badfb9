using BifrostLite.Configuration;

namespace BifrostLite.Providers;

/// <summary>Everything that shapes a provider's connections. Equal settings share a pool across reloads.</summary>
internal sealed record PoolSettings(string Provider)
{
    public bool InsecureSkipVerify { get; init; }

    public string CaCertPem { get; init; } = "";

    public int? MaxConnectionsPerHost { get; init; }

    public TimeSpan KeepAlive { get; init; } = new NetworkConfig().KeepAlive;

    public TimeSpan ConnectTimeout { get; init; } = HttpPools.ConnectTimeout;

    public string ProxyType { get; init; } = "";

    public string ProxyUrl { get; init; } = "";

    public string ProxyUsername { get; init; } = "";

    /// <summary>Compared by value, kept as a secret so that printing the record shows nothing.</summary>
    public Secret ProxyPassword { get; init; } = new("");

    public static PoolSettings Of(ProviderConfig config) => new(config.Name)
    {
        InsecureSkipVerify = config.Network.InsecureSkipVerify,
        CaCertPem = Joined(config.Network.CaCertPem, config.Proxy?.CaCertPem ?? ""),
        MaxConnectionsPerHost = config.Network.MaxConnectionsPerHost,
        KeepAlive = config.Network.KeepAlive,
        ConnectTimeout = config.Network.ConnectTimeout,
        ProxyType = config.Proxy?.Type ?? "",
        ProxyUrl = config.Proxy?.Url ?? "",
        ProxyUsername = config.Proxy?.Username ?? "",
        ProxyPassword = config.Proxy?.Password ?? new Secret(""),
    };

    private static string Joined(string first, string second) => first.Length == 0 || second.Length == 0 ? first + second : $"{first}\n{second}";

    public bool Equals(PoolSettings? other) => other is not null
        && Provider == other.Provider
        && InsecureSkipVerify == other.InsecureSkipVerify
        && CaCertPem == other.CaCertPem
        && MaxConnectionsPerHost == other.MaxConnectionsPerHost
        && KeepAlive == other.KeepAlive
        && ConnectTimeout == other.ConnectTimeout
        && ProxyType == other.ProxyType
        && ProxyUrl == other.ProxyUrl
        && ProxyUsername == other.ProxyUsername
        && ProxyPassword.Reveal() == other.ProxyPassword.Reveal();

    public override int GetHashCode() => HashCode.Combine(Provider, InsecureSkipVerify, CaCertPem, MaxConnectionsPerHost, ProxyUrl);
}
