namespace BifrostLite.Configuration;

/// <summary>One entry of "providers".</summary>
internal sealed record ProviderConfig
{
    public required string Name { get; init; }

    public IReadOnlyList<KeyConfig> Keys { get; init; } = [];

    public NetworkConfig Network { get; init; } = new();

    public ProxyConfig? Proxy { get; init; }

    /// <summary>Null where none is given: no limit.</summary>
    public ConcurrencyConfig? Concurrency { get; init; }

    /// <summary>Set for providers that are not built in.</summary>
    public CustomProviderConfig? Custom { get; init; }

    public bool SendBackRawRequest { get; init; }

    public bool SendBackRawResponse { get; init; }
}
