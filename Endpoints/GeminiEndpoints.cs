using BifrostLite.Pipeline;

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
            app.MapPost($"{prefix}/v1beta/models/{{**rest}}", (RequestDelegate)(http => ModelAsync(http, gateway)));
        }
    }

    private static Task ModelAsync(HttpContext http, Gateway gateway)
    {
        var (model, verb) = RawPath.ModelAndVerb(http, "/models/", ':');
        return verb switch
        {
            "generateContent" => gateway.ServeAsync(http, FrontDoor.GenerateContent, new PathFacts(model, false)),
            "streamGenerateContent" => gateway.ServeAsync(http, FrontDoor.GenerateContent, new PathFacts(model, true)),
            "countTokens" => gateway.ServeAsync(http, FrontDoor.GenerateContentTokens, new PathFacts(model, false)),
            _ => Nowhere.AnswerAsync(http),
        };
    }
}
