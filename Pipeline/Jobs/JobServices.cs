namespace BifrostLite.Pipeline.Jobs;

/// <summary>Puts the room of jobs into a gateway.</summary>
internal static class JobServices
{
    public static void AddJobs(this IServiceCollection services, JobDoors doors)
    {
        services.AddSingleton(doors);
        services.AddSingleton<JobBell>();
        services.AddSingleton<JobBoard>();
        services.AddSingleton<WebhookSender>();
        services.AddHostedService<JobRunner>();
    }
}
