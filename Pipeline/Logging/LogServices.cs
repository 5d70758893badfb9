namespace BifrostLite.Pipeline.Logging;

/// <summary>The request log and what is asked of it.</summary>
internal static class LogServices
{
    public static void AddRequestLog(this IServiceCollection services)
    {
        services.AddSingleton<RequestLog>();
        services.AddHostedService(provider => provider.GetRequiredService<RequestLog>());
        services.AddSingleton<LogApi>();
        services.AddSingleton<LogHistograms>();
        services.AddSingleton<CostApi>();
    }
}
