namespace BifrostLite.Endpoints;

/// <summary>
/// Bifrost's base URLs for LiteLLM, LangChain and Pydantic AI: OpenAI's paths stand at the prefix itself, the other APIs' under their own
/// names below it. They are the doors that are there already, so the prefix is taken off.
/// </summary>
internal static class FrameworkPrefixes
{
    private static readonly PathString[] Frameworks = ["/litellm", "/langchain", "/pydanticai"];
    private static readonly PathString[] Others = ["/anthropic", "/bedrock", "/genai"];

    /// <summary>Stands before whatever looks at paths.</summary>
    public static void Use(WebApplication app) => app.Use(static next => http =>
    {
        // Most paths are told apart by one character.
        if (http.Request.Path.Value is ['/', 'l' or 'p', ..])
        {
            http.Request.Path = DoorOf(http.Request.Path);
        }

        return next(http);
    });

    private static PathString DoorOf(PathString path)
    {
        foreach (var framework in Frameworks)
        {
            if (path.StartsWithSegments(framework, out var rest) && rest.HasValue)
            {
                return Array.Exists(Others, other => rest.StartsWithSegments(other)) ? rest : "/openai" + rest;
            }
        }

        return path;
    }
}
