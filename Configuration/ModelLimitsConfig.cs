namespace BifrostLite.Configuration;

/// <summary>What may be used of a model, or of a whole provider, by everybody together or by one virtual key.</summary>
internal sealed record ModelLimitsConfig
{
    public required string Id { get; init; }

    /// <summary>A model's name; "*" for all.</summary>
    public string Model { get; init; } = "*";

    /// <summary>Null: whoever serves the model.</summary>
    public string? Provider { get; init; }

    /// <summary>Null: everybody.</summary>
    public string? VirtualKeyId { get; init; }

    /// <summary>It stands under governance.providers.</summary>
    public bool IsProviders { get; init; }

    public LimitsConfig Limits { get; init; } = LimitsConfig.None;
}
