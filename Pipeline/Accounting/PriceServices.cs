using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>Puts the price sheets into a gateway.</summary>
internal static class PriceServices
{
    /// <param name="services">The gateway's.</param>
    /// <param name="directory">The app directory, where the last sheet that was fetched is kept.</param>
    public static void AddPrices(this IServiceCollection services, string directory)
    {
        services.AddSingleton<PriceSheets>();
        services.AddHostedService(provider => new PriceSheetRefresh(
            provider.GetRequiredService<PriceSheets>(),
            provider.GetRequiredService<ConfigSource>(),
            directory,
            PriceSheetRefresh.Web(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PriceSheetRefresh>>()));
    }
}
