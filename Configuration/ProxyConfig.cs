namespace BifrostLite.Configuration;

internal sealed record ProxyConfig(string Type, string Url, string Username, Secret Password)
{
    /// <summary>Certificate authority of a proxy that looks into TLS, PEM.</summary>
    public string CaCertPem { get; init; } = "";
}
