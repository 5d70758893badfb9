using BifrostLite.Pipeline;
using BifrostLite.Schemas;

namespace BifrostLite.Endpoints;

/// <summary>The unified routes and the OpenAI prefix: chat, Responses, embeddings.</summary>
internal static class OpenAIEndpoints
{
    private static readonly InboundRoute PassedChat = FrontDoor.ChatDeployment with { IsPassthrough = true };
    private static readonly InboundRoute PassedEmbeddings = FrontDoor.EmbeddingsDeployment with { IsPassthrough = true };

    internal static readonly string[] Prefixes = ["/v1", "/openai/v1", "/openai"];

    public static void MapOpenAI(this IEndpointRouteBuilder app)
    {
        foreach (var prefix in Prefixes)
        {
            // What is under OpenAI's name answers as OpenAI does; the gateway's own paths tell more.
            var isUnified = prefix == "/v1";
            app.MapDoor($"{prefix}/chat/completions", FrontDoor.Chat with { IsUnified = isUnified });
            app.MapDoor($"{prefix}/responses", FrontDoor.Responses with { IsUnified = isUnified });
            app.MapDoor($"{prefix}/responses/input_tokens", FrontDoor.ResponsesTokens);
            app.MapDoor($"{prefix}/responses/compact", FrontDoor.ResponsesCompact);
            app.MapDoor($"{prefix}/embeddings", FrontDoor.Embeddings with { IsUnified = isUnified });
            app.MapDoor($"{prefix}/count_tokens", FrontDoor.ResponsesTokens); // its older name
            app.MapGet($"{prefix}/responses", (RequestDelegate)RefuseWebSocket);
            foreach (var native in NativeOperation.All)
            {
                app.MapDoor(prefix + native.Path, FrontDoor.Native(native) with { IsUnified = isUnified });
            }
        }

        app.MapDoor("/openai/openai/responses", FrontDoor.Responses with { DefaultProvider = "azure" });
        var gateway = app.ServiceProvider.GetRequiredService<Gateway>();
        app.MapPost("/openai/openai/deployments/{**rest}", (RequestDelegate)(http => DeploymentAsync(http, gateway, isPassthrough: false)));
    }

    /// <summary>
    /// Azure's clients with this gateway's /openai as their endpoint (learn.microsoft.com/azure/ai-services/openai/reference): the deployment
    /// in the path is the model.
    /// </summary>
    internal static Task DeploymentAsync(HttpContext http, Gateway gateway, bool isPassthrough)
    {
        const string Chat = "/chat/completions";
        const string Embeddings = "/embeddings";
        var path = RawPath.After(http, "/deployments/");
        return path.EndsWith(Chat, StringComparison.Ordinal) ? ServeAsync(isPassthrough ? PassedChat : FrontDoor.ChatDeployment, Chat)
            : path.EndsWith(Embeddings, StringComparison.Ordinal) ? ServeAsync(isPassthrough ? PassedEmbeddings : FrontDoor.EmbeddingsDeployment, Embeddings)
            : Nowhere.AnswerAsync(http);

        Task ServeAsync(InboundRoute route, string verb) => gateway.ServeAsync(http, route, new PathFacts(path[..^verb.Length], null));
    }

    /// <summary>
    /// Codex tries a WebSocket first. 426 makes it fall back to POST at once; a 404 makes it try seven times.
    /// Anyone else who sends GET here gets the usual 405.
    /// </summary>
    private static Task RefuseWebSocket(HttpContext http)
    {
        if (http.Request.Headers.Upgrade.Count == 0)
        {
            http.Response.Headers.Allow = "POST";
            return Nowhere.RefuseMethodAsync(http);
        }

        http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
        return Task.CompletedTask;
    }
}
