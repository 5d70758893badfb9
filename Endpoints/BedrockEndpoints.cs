using BifrostLite.Pipeline;

namespace BifrostLite.Endpoints;

/// <summary>The Bedrock runtime's routes: the verb at the end of the path decides dialect and streaming.</summary>
internal static class BedrockEndpoints
{
    private static readonly string[] Prefixes = ["/bedrock", "/cursor"];

    public static void MapBedrock(this IEndpointRouteBuilder app)
    {
        var gateway = app.ServiceProvider.GetRequiredService<Gateway>();
        foreach (var prefix in Prefixes)
        {
            app.MapPost($"{prefix}/model/{{**rest}}", (RequestDelegate)(http => ServeAsync(http, gateway)));
            app.MapGet($"{prefix}/inference-profiles/{{**rest}}", (RequestDelegate)ListProfiles);
        }
    }

    private static Task ServeAsync(HttpContext http, Gateway gateway)
    {
        var (model, verb) = RawPath.ModelAndVerb(http, "/model/", '/');
        return verb switch
        {
            "converse" => gateway.ServeAsync(http, FrontDoor.Converse, new PathFacts(model, false)),
            "converse-stream" => gateway.ServeAsync(http, FrontDoor.Converse, new PathFacts(model, true)),
            "invoke" => gateway.ServeAsync(http, FrontDoor.Invoke, new PathFacts(model, false)),
            "invoke-with-response-stream" => gateway.ServeAsync(http, FrontDoor.Invoke, new PathFacts(model, true)),
            "count-tokens" => gateway.ServeAsync(http, FrontDoor.BedrockTokens, new PathFacts(model, false)),
            _ => Nowhere.AnswerAsync(http),
        };
    }

    /// <summary>Claude Code asks for the account's profiles before it starts; an empty list lets it use the model id as it is.</summary>
    private static Task ListProfiles(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"inferenceProfileSummaries":[]}""", http.RequestAborted);
    }
}
