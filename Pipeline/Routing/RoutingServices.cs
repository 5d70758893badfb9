namespace BifrostLite.Pipeline.Routing;

/// <summary>Puts what is learned about providers, and the ways around their failures, into a gateway.</summary>
internal static class RoutingServices
{
    public static void AddModelRouting(this IServiceCollection services)
    {
        services.AddSingleton<Lanes>();
        services.AddSingleton<SessionKeys>();
        services.AddSingleton<RetryBudget>();
        services.AddSingleton(provider => new RetryPacing(provider.GetRequiredService<TimeProvider>(), Random.Shared));
        services.AddSingleton<Failover>();
    }
}
