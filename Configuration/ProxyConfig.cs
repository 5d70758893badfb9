namespace BifrostLite.Configuration;

internal sealed record ProxyConfig(string Type, string Url, string Username, Secret Password);
