using BifrostLite.Pipeline;

namespace BifrostLite.Endpoints;

/// <summary>Is anybody there: GET /health for supervisors, HEAD / for Claude Code, GET / for a curious browser.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health", (RequestDelegate)app.ServiceProvider.GetRequiredService<HealthReport>().WriteAsync);
        app.MapMethods("/", [HttpMethods.Head], (RequestDelegate)(_ => Task.CompletedTask));
        app.MapGet("/", (RequestDelegate)(http => WriteAsync(http, """{"name":"bifrost-lite","status":"ok","models":"/v1/models"}""")));
    }

    private static Task WriteAsync(HttpContext http, string json)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json, http.RequestAborted);
    }
}
