using BifrostLite.Pipeline.Conversations;

namespace BifrostLite.Endpoints;

/// <summary>What can be asked about a stored response, beside POST /v1/responses itself (that is <see cref="OpenAIEndpoints"/>').</summary>
internal static class ResponseEndpoints
{
    public static void MapResponses(this IEndpointRouteBuilder app)
    {
        var desk = app.ServiceProvider.GetRequiredService<ResponseDesk>();
        foreach (var prefix in OpenAIEndpoints.Prefixes)
        {
            app.MapGet($"{prefix}/responses/{{id}}", (RequestDelegate)(http => desk.RetrieveAsync(http, Id(http))));
            app.MapDelete($"{prefix}/responses/{{id}}", (RequestDelegate)(http => desk.DeleteAsync(http, Id(http))));
            app.MapPost($"{prefix}/responses/{{id}}/cancel", (RequestDelegate)(http => desk.CancelAsync(http, Id(http))));
            app.MapGet($"{prefix}/responses/{{id}}/input_items", (RequestDelegate)(http => desk.InputItemsAsync(http, Id(http))));
        }
    }

    private static string Id(HttpContext http) => http.GetRouteValue("id") as string ?? "";
}
