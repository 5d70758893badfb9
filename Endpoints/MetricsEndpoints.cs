using System.Security.Cryptography;
using System.Text;
using BifrostLite.Configuration;
using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Metrics;

namespace BifrostLite.Endpoints;

/// <summary>GET /metrics for Prometheus, behind the administrator's password where there is one (Bifrost's auth_config).</summary>
internal static class MetricsEndpoints
{
    private const string Basic = "Basic ";

    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        var metrics = app.ServiceProvider.GetRequiredService<GatewayMetrics>();
        var stores = app.ServiceProvider.GetRequiredService<StoreMetrics>();
        var snapshots = app.ServiceProvider.GetRequiredService<SnapshotSource>();
        app.MapGet("/metrics", (RequestDelegate)(http => WriteAsync(http, metrics, stores, snapshots.Current.Config.Governance.Admin)));
    }

    private static Task WriteAsync(HttpContext http, GatewayMetrics metrics, StoreMetrics stores, AdminConfig? admin)
    {
        if (admin is not null && !IsAdmin(http.Request.Headers.Authorization.ToString(), admin))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"bifrost-lite\"";
            return Task.CompletedTask;
        }

        http.Response.ContentType = Exposition.ContentType;
        return http.Response.WriteAsync(Exposition.Write(metrics) + stores.Write(), http.RequestAborted);
    }

    /// <summary>Compared by hash, in time that does not depend on the guess.</summary>
    internal static bool IsAdmin(string authorization, AdminConfig admin)
    {
        Span<byte> given = stackalloc byte[512];
        var wanted = SHA256.HashData(Encoding.UTF8.GetBytes($"{admin.UserName}:{admin.Password.Reveal()}"));
        return authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), given, out var length)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(given[..length]), wanted);
    }
}
