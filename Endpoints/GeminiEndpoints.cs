using BifrostLite.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace BifrostLite.Endpoints;

/// <summary>
/// The Gemini API as Google's clients call it: /v1beta/models/{model}:generateContent, :streamGenerateContent and :countTokens at the root,
/// under /genai and under Cursor's base URL.
/// </summary>
internal static class GeminiEndpoints
{
    public static void MapGemini(this IEndpointRouteBuilder app)
    {
        var gateway = app.ServiceProvider.GetRequiredService<Gateway>();
        foreach (var prefix in (ReadOnlySpan<string>)["", "/genai", "/cursor"])
        {
            app.MapPost($"{prefix}/v1beta/models/{{**rest}}", (RequestDelegate)(http => ModelAsync(http, gateway, "/models/")));

            // Google's older client and the AI SDK put "models/" only before names without a slash.
            app.MapPost($"{prefix}/v1beta/{{provider}}/{{**rest}}", (RequestDelegate)(http => ModelAsync(http, gateway, "/v1beta/")));
        }
    }

    private static Task ModelAsync(HttpContext http, Gateway gateway, string marker)
    {
        var (model, verb) = RawPath.ModelAndVerb(http, marker, ':');
        return verb switch
        {
            "generateContent" => gateway.ServeAsync(http, FrontDoor.GenerateContent, new PathFacts(model, false)),
            "streamGenerateContent" when http.Request.Query["alt"] == "sse" => gateway.ServeAsync(http, FrontDoor.GenerateContent, new PathFacts(model, true)),
            "streamGenerateContent" => ArrayAsync(http, gateway, model),
            "countTokens" => gateway.ServeAsync(http, FrontDoor.GenerateContentTokens, new PathFacts(model, false)),
            _ => Nowhere.AnswerAsync(http),
        };
    }

    /// <summary>Google's servers stream a JSON array where nobody asked for events.</summary>
    private static async Task ArrayAsync(HttpContext http, Gateway gateway, string model)
    {
        var own = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var array = new JsonArrayStream(http.Response, own.Stream);
        var body = new StreamResponseBodyFeature(array, own);
        http.Features.Set<IHttpResponseBodyFeature>(body);
        http.Response.OnStarting(static state =>
        {
            ((JsonArrayStream)state).OnStarting();
            return Task.CompletedTask;
        }, array);
        await gateway.ServeAsync(http, FrontDoor.GenerateContent, new PathFacts(model, true));
        if (!http.RequestAborted.IsCancellationRequested)
        {
            await body.Writer.FlushAsync(http.RequestAborted);
            await array.CompleteAsync(http.RequestAborted);
        }

        http.Features.Set(own);
    }
}
