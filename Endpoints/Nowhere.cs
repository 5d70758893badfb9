using BifrostLite.Pipeline;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Endpoints;

/// <summary>Answers requests that no route takes, in the envelope of the dialect whose prefix they carry.</summary>
internal static class Nowhere
{
    public static Task AnswerAsync(HttpContext http)
    {
        var request = http.Request;
        var error = new GatewayError(404, ErrorKind.NotFound, $"There is no {request.Method} {request.Path.Value} here; see the README for the routes.");
        return GatewayErrors.WriteAsync(http, FrontDoor.DialectOf(request.Path), error);
    }

    /// <summary>Puts an envelope on the bare 404s and 405s of routing. Stands behind it: a request that found its door passes at no cost.</summary>
    public static void UseEnvelopes(this IApplicationBuilder app) =>
        app.Use(static next => http => http.GetEndpoint() is RouteEndpoint ? next(http) : WrapAsync(next, http));

    /// <summary>The answer to a method that a path does not take.</summary>
    public static Task RefuseMethodAsync(HttpContext http)
    {
        var allowed = http.Response.Headers.Allow.ToString();
        var message = $"{http.Request.Path.Value} does not take {http.Request.Method}; it takes {(allowed.Length > 0 ? allowed : "POST")}.";
        return GatewayErrors.WriteAsync(http, FrontDoor.DialectOf(http.Request.Path), new GatewayError(405, ErrorKind.MethodNotAllowed, message));
    }

    private static async Task WrapAsync(RequestDelegate next, HttpContext http)
    {
        await next(http);
        if (http.Response.HasStarted || http.Response.ContentType is not null)
        {
            return;
        }

        if (http.Response.StatusCode == StatusCodes.Status404NotFound)
        {
            await AnswerAsync(http);
        }
        else if (http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            await RefuseMethodAsync(http);
        }
    }
}
