using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Pipeline.Admission.Management;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Admission;

/// <summary>Puts virtual keys, their limits and their management into a gateway.</summary>
internal static class AdmissionServices
{
    public static void AddAdmission(this IServiceCollection services)
    {
        services.AddSingleton<LimitCounters>();
        services.AddSingleton(provider => new LimitLedger(
            provider.GetRequiredService<Stores>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LimitLedger>>())
        {
            IsShared = provider.GetRequiredService<ConfigSource>().Current.IsStateShared,
            Counters = provider.GetRequiredService<LimitCounters>(),
        });
        services.AddHostedService(provider => provider.GetRequiredService<LimitLedger>());
        services.AddSingleton<GovernanceRecords>();
        services.AddHostedService(provider => provider.GetRequiredService<GovernanceRecords>());
        services.AddSingleton<GovernanceView>();
        services.AddSingleton<VirtualKeys>();
        services.AddSingleton<Gatekeeper>();
    }
}
