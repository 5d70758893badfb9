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
        app.MapHistograms();
        var costs = app.ServiceProvider.GetRequiredService<CostApi>();
        app.MapAdmin(HttpMethods.Post, "/api/logs/recalculate-cost", costs.StartAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/recalculate-cost/status", costs.StatusAsync);
        app.MapAdmin(HttpMethods.Post, "/api/logs/recalculate-cost/cancel", costs.CancelAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/dropped", logs.DroppedAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/filterdata", logs.FilterDataAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/export", logs.ExportAsync);
        app.MapAdmin(HttpMethods.Delete, "/api/logs", logs.DeleteAsync);
        app.MapAdmin(HttpMethods.Get, "/api/logs/{id}", http => logs.OneAsync(http, (string)http.Request.RouteValues["id"]!));
    }

    private static void MapHistograms(this IEndpointRouteBuilder app)
    {
        var histograms = app.ServiceProvider.GetRequiredService<LogHistograms>();
        Map("", http => histograms.AllAsync(http, LogFigure.Requests));
        Map("/tokens", http => histograms.AllAsync(http, LogFigure.Tokens));
        Map("/cost", http => histograms.ByModelAsync(http, LogFigure.Cost));
        Map("/models", http => histograms.ByModelAsync(http, LogFigure.Requests));
        Map("/latency", http => histograms.AllAsync(http, LogFigure.Latency));
        foreach (var (path, figure) in new[] { ("/cost", LogFigure.Cost), ("/tokens", LogFigure.Tokens), ("/latency", LogFigure.Latency) })
        {
            Map(path + "/by-provider", http => histograms.ByProviderAsync(http, figure));
            Map(path + "/by-dimension", http => histograms.ByDimensionAsync(http, figure));
        }

        void Map(string path, RequestDelegate answer) => app.MapAdmin(HttpMethods.Get, "/api/logs/histogram" + path, answer);
    }
}
