using BifrostLite.Pipeline.Cache;
using BifrostLite.Pipeline.Logging;

namespace BifrostLite.Endpoints;

/// <summary>DELETE /api/cache/clear/{cacheId} and /api/cache/clear-by-key/{cacheKey}, as Bifrost's (its transports/bifrost-http/handlers/cache.go).</summary>
internal static class CacheEndpoints
{
    public static void MapCache(this IEndpointRouteBuilder app)
    {
        var cache = app.ServiceProvider.GetRequiredService<AnswerCache>();
        app.MapAdmin(HttpMethods.Delete, "/api/cache/clear/{cacheId}", http => ClearAsync(http, cache.ClearAsync(Value(http, "cacheId"))));
        app.MapAdmin(HttpMethods.Delete, "/api/cache/clear-by-key/{cacheKey}", http => ClearAsync(http, cache.ClearAllAsync(Value(http, "cacheKey"))));
    }

    private static string Value(HttpContext http, string name) => (string)http.Request.RouteValues[name]!;

    private static async Task ClearAsync(HttpContext http, Task<string?> clearing)
    {
        if (await clearing is { } complaint)
        {
            await LogApi.ErrorAsync(http, StatusCodes.Status500InternalServerError, "Failed to clear cache: " + complaint);
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync("""{"message":"Cache cleared successfully"}""", http.RequestAborted);
    }
}
