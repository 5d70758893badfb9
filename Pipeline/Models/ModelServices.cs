namespace BifrostLite.Pipeline.Models;

/// <summary>Puts the lists of models into a gateway.</summary>
internal static class ModelServices
{
    /// <param name="services">The gateway's.</param>
    /// <param name="directory">The app directory, where the last good lists are kept.</param>
    public static void AddModels(this IServiceCollection services, string directory)
    {
        services.AddSingleton(provider => new KeptLists(directory, provider.GetRequiredService<ILogger<KeptLists>>()));
        services.AddSingleton<ModelCatalogue>();
        services.AddHostedService<ModelRefresh>();
        services.AddSingleton<ModelDirectory>();
    }
}
