using BifrostLite.Configuration;

namespace BifrostLite.Cli;

/// <summary>Puts the configuration, as the command line found it and as it is read again, into a gateway.</summary>
internal static class ConfigServices
{
    public static void AddConfiguration(this IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton(provider => new ConfigSource(
            options.Config,
            () => new ConfigLoader(Environment.GetEnvironmentVariable).Load(options.AppDirectory),
            config => BindGuard.Refusal(options, config),
            provider.GetRequiredService<ILogger<ConfigSource>>()));
        services.AddHostedService(provider => new ConfigWatcher(
            provider.GetRequiredService<ConfigSource>(),
            options.AppDirectory,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ConfigWatcher>>()));
    }
}
