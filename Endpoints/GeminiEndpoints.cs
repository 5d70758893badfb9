using BifrostLite.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace BifrostLite.Endpoints;

/// <summary>
/// The Gemini API as Google's clients call it: /v1beta/models/{model}:generateContent, :streamGenerateContent and :countTokens at the root,
/// under /genai and under Cursor's base URL.
/// </summary>
internal static class GeminiEndpoints
{
    private static readonly InboundRoute Passed = FrontDoor.GenerateContent with { IsPassthrough = true };
    private static readonly InboundRoute PassedTokens = FrontDoor.GenerateContentTokens with { IsPassthrough = true };
    private static readonly InboundRoute PassedVertex = Passed with { DefaultProvider = "vertex" };
    private static readonly InboundRoute PassedVertexTokens = PassedTokens with { DefaultProvider = "vertex" };

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

    /// <summary>Below /genai_passthrough, where a path with a project is Vertex AI's.</summary>
    public static Task PassAsync(HttpContext http, Gateway gateway, string provider) => provider == "vertex"
        ? ModelAsync(http, gateway, "/models/", PassedVertex, PassedVertexTokens)
        : ModelAsync(http, gateway, "/models/", Passed, PassedTokens);

    private static Task ModelAsync(HttpContext http, Gateway gateway, string marker) =>
        ModelAsync(http, gateway, marker, FrontDoor.GenerateContent, FrontDoor.GenerateContentTokens);

    private static Task ModelAsync(HttpContext http, Gateway gateway, string marker, InboundRoute route, InboundRoute tokens)
    {
        var (model, verb) = RawPath.ModelAndVerb(http, marker, ':');
        return verb switch
        {
            "generateContent" => gateway.ServeAsync(http, route, new PathFacts(model, false)),
            "streamGenerateContent" when http.Request.Query["alt"] == "sse" => gateway.ServeAsync(http, route, new PathFacts(model, true)),
            "streamGenerateContent" => ArrayAsync(http, gateway, route, model),
            "countTokens" => gateway.ServeAsync(http, tokens, new PathFacts(model, false)),
            _ => Nowhere.AnswerAsync(http),
        };
    }

    /// <summary>Google's servers stream a JSON array where nobody asked for events.</summary>
    private static async Task ArrayAsync(HttpContext http, Gateway gateway, InboundRoute route, string model)
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
        await gateway.ServeAsync(http, route, new PathFacts(model, true));
        if (!http.RequestAborted.IsCancellationRequested)
        {
            await body.Writer.FlushAsync(http.RequestAborted);
            await array.CompleteAsync(http.RequestAborted);
        }

        http.Features.Set(own);
    }
}
