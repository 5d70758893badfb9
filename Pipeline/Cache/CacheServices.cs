namespace BifrostLite.Pipeline.Cache;

/// <summary>Puts the room of kept answers into a gateway.</summary>
internal static class CacheServices
{
    public static void AddCache(this IServiceCollection services)
    {
        services.AddSingleton<Embedder>();
        services.AddSingleton<AnswerCache>();
        services.AddHostedService<CacheLife>();
    }
}
