using Microsoft.AspNetCore.Cors.Infrastructure;

namespace BifrostLite.Endpoints;

/// <summary>Puts what the doors need into a gateway.</summary>
internal static class DoorServices
{
    public static void AddDoors(this IServiceCollection services)
    {
        services.AddSingleton<ShortWay>();
        services.AddCors();
        services.AddSingleton<ICorsPolicyProvider, Cors>();
        services.AddClosedGenerics();
    }
}
