namespace BifrostLite.Pipeline.Metrics;

/// <summary>Puts what is counted, and what is told of it, into a gateway.</summary>
internal static class MetricServices
{
    public static void AddGatewayMetrics(this IServiceCollection services)
    {
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<StoreMetrics>();
        services.AddSingleton<KeyMetrics>();
    }
}
