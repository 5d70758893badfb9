using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Jobs;

namespace BifrostLite.Endpoints;

/// <summary>
/// /v1/async: a request is taken as a job and answered 202 with its envelope, and found again under its id
/// (https://docs.getbifrost.ai/features/async-inference). Other routes take jobs by header.
/// </summary>
internal static class AsyncEndpoints
{
    private static readonly InboundRoute[] Doors = [FrontDoor.Chat, FrontDoor.Responses, FrontDoor.Embeddings];

    /// <summary>Every door a job may have come through.</summary>
    public static JobDoors AllDoors => new([.. Doors, FrontDoor.Messages]);

    public static void MapAsync(this IEndpointRouteBuilder app)
    {
        var gateway = app.ServiceProvider.GetRequiredService<Gateway>();
        foreach (var door in Doors)
        {
            var route = door with { AnswersEnvelope = true, IsUnified = true };
            app.MapPost($"/v1/async/{door.Job}", (RequestDelegate)(http => gateway.ServeAsync(http, route, PathFacts.None)));
            app.MapGet($"/v1/async/{door.Job}/{{job}}", (RequestDelegate)(http => PollAsync(http, gateway, route)));
        }
    }

    private static Task PollAsync(HttpContext http, Gateway gateway, InboundRoute route)
    {
        http.Request.Headers[JobHeaders.Id] = http.Request.RouteValues["job"] as string;
        return gateway.ServeAsync(http, route, PathFacts.None);
    }
}
