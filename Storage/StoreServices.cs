namespace BifrostLite.Storage;

/// <summary>Puts the stores, and what keeps them small, into a gateway.</summary>
internal static class StoreServices
{
    public static void AddStores(this IServiceCollection services, Stores stores)
    {
        services.AddSingleton(stores);
        services.AddHostedService<StoreSweeper>();
    }
}
