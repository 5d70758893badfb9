namespace BifrostLite.Endpoints;

/// <summary>Cursor's base URL: its hybrid chat route, and Messages with any suffix. Converse under /cursor is BedrockEndpoints'.</summary>
internal static class CursorEndpoints
{
    public static void MapCursor(this IEndpointRouteBuilder app)
    {
        app.MapDoor("/cursor/v1/chat/completions", FrontDoor.Cursor);
        app.MapDoor("/cursor/chat/completions", FrontDoor.Cursor);
        app.MapDoor("/cursor/v1/messages", FrontDoor.Messages);
        app.MapDoor("/cursor/v1/messages/count_tokens", FrontDoor.MessagesTokens);

        // Bifrost ignores the suffix, and so do we.
        app.MapDoor("/cursor/v1/messages/{**path}", FrontDoor.Messages);
    }
}
