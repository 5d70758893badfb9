using BifrostLite.Pipeline.Logging;

namespace BifrostLite.Endpoints;

/// <summary>/api/logs: the request log, for people and dashboards (see <see cref="AdminDoor"/> for whom).</summary>
internal static class LogEndpoints
{
    public static void MapLogs(this IEndpointRouteBuilder app)
    {
        var logs = app.ServiceProvider.GetRequiredService<LogApi>();
        app.MapAdmin(HttpMethods.Get, "/api/logs", logs.ListAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/stats", logs.StatsAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/dropped", logs.DroppedAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/filterdata", logs.FilterDataAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/export", logs.ExportAsync);
        app.MapAdmin(HttpMethods.Delete, "/api/logs", logs.DeleteAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/{id}", http => logs.OneAsync(http, (string)http.Request.RouteValues["id"]!));
    }
}
