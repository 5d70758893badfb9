using BifrostLite.Pipeline.Logging;

namespace BifrostLite.Endpoints;

/// <summary>GET /api/logs: the request log, for people and dashboards.</summary>
internal static class LogEndpoints
{
    public static void MapLogs(this IEndpointRouteBuilder app)
    {
        var logs = app.ServiceProvider.GetRequiredService<LogApi>();
        app.MapGet("/api/logs", (RequestDelegate)logs.ListAsync);
        app.MapGet("/api/logs/stats", (RequestDelegate)logs.StatsAsync);
        app.MapGet("/api/logs/dropped", (RequestDelegate)logs.DroppedAsync);
        app.MapGet("/api/logs/export", (RequestDelegate)logs.ExportAsync);
        app.MapGet("/api/logs/{id}", (RequestDelegate)(http => logs.OneAsync(http, (string)http.Request.RouteValues["id"]!)));
    }
}
