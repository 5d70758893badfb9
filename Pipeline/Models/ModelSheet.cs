using System.Globalization;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Models;

/// <summary>Fills in from the price sheet what a provider's list of models does not tell: limits, prices, abilities.</summary>
internal static class ModelSheet
{
    /// <param name="model">The model as the gateway offers it.</param>
    /// <param name="provider">Its provider.</param>
    /// <param name="name">The provider's name of it.</param>
    /// <param name="pricing">Prices in force.</param>
    public static ModelInfo Complete(ModelInfo model, Provider provider, string name, Pricing pricing) =>
        pricing.Find(provider.Name, provider.Wire, name) is not { } price
            ? model
            : model with
            {
                MaxInputTokens = model.MaxInputTokens ?? price.MaxInputTokens,
                MaxOutputTokens = model.MaxOutputTokens ?? price.MaxOutputTokens,
                Abilities = price.Abilities.Count > 0 ? price.Abilities : null,
                Pricing = new ModelPricing(
                    Dollars(price, Meter.Input),
                    Dollars(price, Meter.Output),
                    Dollars(price, Meter.CacheRead),
                    Dollars(price, Meter.CacheWrite),
                    Dollars(price, Meter.Reasoning),
                    Dollars(price, Meter.Search)),
            };

    /// <summary>Plain digits: many readers of such texts know no exponents.</summary>
    private static string? Dollars(ModelPrice price, Meter meter) =>
        price.Rate(meter, ServiceTier.Standard, 0)?.ToString("0.############", CultureInfo.InvariantCulture);
}
