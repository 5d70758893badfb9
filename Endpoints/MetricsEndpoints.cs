using BifrostLite.Configuration;
using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Admission.Management;
using BifrostLite.Pipeline.Metrics;

namespace BifrostLite.Endpoints;

/// <summary>GET /metrics for Prometheus, behind the administrator's password where there is one (Bifrost's auth_config).</summary>
internal static class MetricsEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        var metrics = app.ServiceProvider.GetRequiredService<GatewayMetrics>();
        var keys = app.ServiceProvider.GetRequiredService<KeyMetrics>();
        var stores = app.ServiceProvider.GetRequiredService<StoreMetrics>();
        var snapshots = app.ServiceProvider.GetRequiredService<SnapshotSource>();
        app.MapGet("/metrics", (RequestDelegate)(http => WriteAsync(http, () => Exposition.Write(metrics) + keys.Write() + stores.Write(), snapshots.Current.Config)));
    }

    private static Task WriteAsync(HttpContext http, Func<string> page, GatewayConfig config)
    {
        if (config.Governance.Admin is { } admin && !Administration.Admits(http.Request, config, admin))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"bifrost-lite\"";
            return Task.CompletedTask;
        }

        http.Response.ContentType = Exposition.ContentType;
        return http.Response.WriteAsync(page(), http.RequestAborted);
    }
}
