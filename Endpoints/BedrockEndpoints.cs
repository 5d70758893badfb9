using BifrostLite.Pipeline;

namespace BifrostLite.Endpoints;

/// <summary>
/// Bedrock Runtime as the AWS SDKs call it, under its own prefix and under Cursor's base URL. Model ids hold slashes and
/// colons, encoded or not, so the path is read as it came.
/// </summary>
internal static class BedrockEndpoints
{
    public static void MapBedrock(this IEndpointRouteBuilder app)
    {
        var gateway = app.ServiceProvider.GetRequiredService<Gateway>();
        foreach (var prefix in (ReadOnlySpan<string>)["/bedrock", "/cursor"])
        {
            app.MapPost($"{prefix}/model/{{**rest}}", (RequestDelegate)(http => ModelAsync(http, gateway)));
        }
    }

    private static Task ModelAsync(HttpContext http, Gateway gateway)
    {
        var (model, verb) = RawPath.ModelAndVerb(http, "/model/", '/');
        return verb switch
        {
            "converse" => gateway.ServeAsync(http, FrontDoor.Converse, new PathFacts(model, false)),
            "converse-stream" => gateway.ServeAsync(http, FrontDoor.Converse, new PathFacts(model, true)),
            _ => Nowhere.AnswerAsync(http),
        };
    }
}
