namespace BifrostLite.Configuration;

/// <summary>The "client" section: how the gateway treats its callers.</summary>
internal sealed record ClientConfig
{
    public int MaxRequestBodySizeMb { get; init; } = 100;

    public IReadOnlyList<string> AllowedOrigins { get; init; } = ["*"];

    public IReadOnlyList<string> AllowedHeaders { get; init; } = [];

    public bool EnforceAuthOnInference { get; init; }

    public bool AllowDirectKeys { get; init; }

    public IReadOnlyList<string> RequiredHeaders { get; init; } = [];

    public HeaderFilterConfig HeaderFilter { get; init; } = HeaderFilterConfig.None;

    /// <summary>Gateway's own: a request that cannot be translated without loss is refused with 400.</summary>
    public bool StrictTranslation { get; init; }
}
