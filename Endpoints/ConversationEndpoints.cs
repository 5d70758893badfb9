using BifrostLite.Pipeline.Conversations;

namespace BifrostLite.Endpoints;

/// <summary>OpenAI's conversations and their items, kept by the gateway whoever answers.</summary>
internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder app)
    {
        var desk = app.ServiceProvider.GetRequiredService<ConversationDesk>();
        foreach (var prefix in OpenAIEndpoints.Prefixes)
        {
            var all = $"{prefix}/conversations";
            app.MapPost(all, (RequestDelegate)desk.CreateAsync);
            app.MapGet($"{all}/{{id}}", (RequestDelegate)(http => desk.RetrieveAsync(http, Value(http, "id"))));
            app.MapPost($"{all}/{{id}}", (RequestDelegate)(http => desk.UpdateAsync(http, Value(http, "id"))));
            app.MapDelete($"{all}/{{id}}", (RequestDelegate)(http => desk.DeleteAsync(http, Value(http, "id"))));
            app.MapGet($"{all}/{{id}}/items", (RequestDelegate)(http => desk.ListItemsAsync(http, Value(http, "id"))));
            app.MapPost($"{all}/{{id}}/items", (RequestDelegate)(http => desk.AddItemsAsync(http, Value(http, "id"))));
            app.MapGet($"{all}/{{id}}/items/{{item}}", (RequestDelegate)(http => desk.RetrieveItemAsync(http, Value(http, "id"), Value(http, "item"))));
            app.MapDelete($"{all}/{{id}}/items/{{item}}", (RequestDelegate)(http => desk.DeleteItemAsync(http, Value(http, "id"), Value(http, "item"))));
        }
    }

    private static string Value(HttpContext http, string name) => http.GetRouteValue(name) as string ?? "";
}
