namespace BifrostLite.Configuration;

/// <summary>The "framework.pricing" section: where the price sheet comes from.</summary>
internal sealed record PricingConfig
{
    /// <summary>A file or https address; null for the sheet in the executable.</summary>
    public Uri? Url { get; init; }

    public TimeSpan Interval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often the providers' lists of models that are in use are fetched anew.</summary>
    public TimeSpan ModelsInterval { get; init; } = TimeSpan.FromHours(1);
}
