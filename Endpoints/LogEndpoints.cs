using System.Net;
using BifrostLite.Configuration;
using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Admission.Management;
using BifrostLite.Pipeline.Logging;

namespace BifrostLite.Endpoints;

/// <summary>
/// GET /api/logs: the request log, for people and dashboards. Behind the administrator's password where there is one (Bifrost's auth_config);
/// without one it is answered on this machine only, and not through a proxy, which would make every caller look local.
/// </summary>
internal static class LogEndpoints
{
    public static void MapLogs(this IEndpointRouteBuilder app)
    {
        var logs = app.ServiceProvider.GetRequiredService<LogApi>();
        Map(app, "/api/logs", logs.ListAsync);
        Map(app, "/api/logs/stats", logs.StatsAsync);
        Map(app, "/api/logs/dropped", logs.DroppedAsync);
        Map(app, "/api/logs/filterdata", logs.FilterDataAsync);
        Map(app, "/api/logs/export", logs.ExportAsync);
        Map(app, "/api/logs", logs.DeleteAsync, HttpMethods.Delete);
        Map(app, "/api/logs/{id}", http => logs.OneAsync(http, (string)http.Request.RouteValues["id"]!));
    }

    private static void Map(IEndpointRouteBuilder app, string path, RequestDelegate answer, string? method = null)
    {
        var snapshots = app.ServiceProvider.GetRequiredService<SnapshotSource>();
        app.MapMethods(path, [method ?? HttpMethods.Get], (RequestDelegate)(http => Refusal(http, snapshots.Current.Config.Governance.Admin) is { } refusal
            ? RefuseAsync(http, refusal.Status, refusal.Message)
            : answer(http)));
    }

    private static (int Status, string Message)? Refusal(HttpContext http, AdminConfig? admin)
    {
        if (admin is not null)
        {
            return Administration.IsAdmin(admin, http.Request.Headers.Authorization.ToString()) ? null
                : (StatusCodes.Status401Unauthorized, "This needs the user name and password of governance.auth_config.");
        }

        var headers = http.Request.Headers;
        var isHere = http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("Via");
        return isHere ? null : (StatusCodes.Status403Forbidden, "Without governance.auth_config the log is shown on the gateway's own machine only.");
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
