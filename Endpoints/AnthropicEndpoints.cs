using BifrostLite.Pipeline;

namespace BifrostLite.Endpoints;

/// <summary>Anthropic Messages under its own prefix and at the root, where Claude Code looks; and its Vertex form.</summary>
internal static class AnthropicEndpoints
{
    private static readonly string[] Prefixes = ["/anthropic/v1", "/v1"];

    public static void MapAnthropic(this IEndpointRouteBuilder app)
    {
        foreach (var prefix in Prefixes)
        {
            app.MapDoor($"{prefix}/messages", FrontDoor.Messages);
            app.MapDoor($"{prefix}/messages/count_tokens", FrontDoor.MessagesTokens);
        }

        app.MapDoor("/anthropic/v1/messages/{**rest}", FrontDoor.Messages);
        var gateway = app.ServiceProvider.GetRequiredService<Gateway>();
        app.MapPost("/vertex/{**rest}", (RequestDelegate)(http => VertexAsync(http, gateway)));
    }

    /// <summary>.../publishers/anthropic/models/{model}:streamRawPredict, as Claude Code calls Vertex AI.</summary>
    private static Task VertexAsync(HttpContext http, Gateway gateway)
    {
        var (model, verb) = RawPath.ModelAndVerb(http, "/models/", ':');
        return verb switch
        {
            "streamRawPredict" => gateway.ServeAsync(http, FrontDoor.Vertex, new PathFacts(model, true)),
            "rawPredict" => gateway.ServeAsync(http, FrontDoor.Vertex, new PathFacts(model, null)),
            _ => Nowhere.AnswerAsync(http),
        };
    }
}
