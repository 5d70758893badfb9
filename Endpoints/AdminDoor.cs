using System.Net;
using BifrostLite.Configuration;
using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Admission.Management;
using BifrostLite.Pipeline.Logging;

namespace BifrostLite.Endpoints;

/// <summary>
/// Paths for whoever runs the gateway. Behind the administrator's password where there is one (Bifrost's auth_config);
/// without one they are answered on this machine only, and not through a proxy, which would make every caller look local.
/// </summary>
internal static class AdminDoor
{
    public static void MapAdmin(this IEndpointRouteBuilder app, string method, string path, RequestDelegate answer)
    {
        var snapshots = app.ServiceProvider.GetRequiredService<SnapshotSource>();
        app.MapMethods(path, [method], (RequestDelegate)(http => Refusal(http, snapshots.Current.Config) is { } refusal
            ? RefuseAsync(http, refusal.Status, refusal.Message)
            : answer(http)));
    }

    private static (int Status, string Message)? Refusal(HttpContext http, GatewayConfig config)
    {
        if (config.Governance.Admin is { } admin)
        {
            return Administration.Admits(http.Request, config, admin) ? null
                : (StatusCodes.Status401Unauthorized, "This needs the user name and password of governance.auth_config.");
        }

        var headers = http.Request.Headers;
        var isHere = http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("Via");
        return isHere ? null : (StatusCodes.Status403Forbidden, "Without governance.auth_config this is answered on the gateway's own machine only.");
    }

    private static Task RefuseAsync(HttpContext http, int status, string message)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"bifrost-lite\"";
        }

        return LogApi.ErrorAsync(http, status, message);
    }
}
