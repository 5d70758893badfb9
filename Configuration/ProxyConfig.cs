namespace BifrostLite.Configuration;

/// <summary>A provider's "proxy_config": type is none, http, socks5 or environment.</summary>
internal sealed record ProxyConfig(string Type, string Url, string Username, Secret Password)
{
    /// <summary>Certificate authority of a proxy that looks into TLS, PEM.</summary>
    public string CaCertPem { get; init; } = "";
}
