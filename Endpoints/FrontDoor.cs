using BifrostLite.Pipeline;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Endpoints;

/// <summary>The kinds of front doors: which dialect and operation a path stands for, and who serves a bare model name there.</summary>
internal static class FrontDoor
{
    public static readonly InboundRoute Chat = new(Dialects.Chat, Operation.Generate, PeekRules.ChatCompletions, "openai") { Job = "chat/completions" };
    public static readonly InboundRoute Embeddings = new(Dialects.Chat, Operation.Embeddings, PeekRules.Embeddings, "openai") { Job = "embeddings" };
    public static readonly InboundRoute Responses = new(Dialects.Responses, Operation.Generate, PeekRules.Responses, "openai") { Job = "responses" };
    public static readonly InboundRoute ResponsesTokens = new(Dialects.Responses, Operation.CountTokens, PeekRules.Responses, "openai");
    public static readonly InboundRoute ResponsesCompact = new(Dialects.Responses, Operation.Compact, PeekRules.Responses, "openai");
    public static readonly InboundRoute Messages = new(Dialects.Messages, Operation.Generate, PeekRules.AnthropicMessages, "anthropic") { Job = "messages" };
    public static readonly InboundRoute MessagesTokens = new(Dialects.Messages, Operation.CountTokens, PeekRules.AnthropicMessages, "anthropic");
    public static readonly InboundRoute Vertex = new(Dialects.Messages, Operation.Generate, PeekRules.Vertex, "anthropic");
    public static readonly InboundRoute Converse = new(Dialects.Converse, Operation.Generate, PeekRules.Converse, "bedrock");
    public static readonly InboundRoute Invoke = new(Dialects.Invoke, Operation.Generate, PeekRules.Invoke, "bedrock");

    /// <summary>What only OpenAI's API has.</summary>
    public static InboundRoute Native(NativeOperation operation) => new(Dialects.Chat, Operation.Native, PeekRules.Native, "openai") { Native = operation };

    public static readonly InboundRoute ChatDeployment = new(Dialects.Chat, Operation.Generate, PeekRules.ChatDeployment, "azure");
    public static readonly InboundRoute EmbeddingsDeployment = new(Dialects.Chat, Operation.Embeddings, PeekRules.EmbeddingsDeployment, "azure");

    /// <summary>The body may be Converse's or InvokeModel's; the latter's dialect reads both.</summary>
    public static readonly InboundRoute BedrockTokens = new(Dialects.Invoke, Operation.CountTokens, PeekRules.BedrockCountTokens, "bedrock");
    public static readonly InboundRoute GenerateContentTokens = new(Dialects.GenerateContent, Operation.CountTokens, PeekRules.GenerateContent, "gemini");
    public static readonly InboundRoute GenerateContent = new(Dialects.GenerateContent, Operation.Generate, PeekRules.GenerateContent, "gemini");
    public static readonly InboundRoute Cursor = new(Dialects.Cursor, Operation.Generate, PeekRules.Cursor, "openai") { IsUnified = true };

    /// <summary>Opens one door: POST at a path whose body says everything.</summary>
    public static void MapDoor(this IEndpointRouteBuilder app, string pattern, InboundRoute route)
    {
        var gateway = app.ServiceProvider.GetRequiredService<Gateway>();
        var named = route with { Template = pattern };
        RequestDelegate door = http => gateway.ServeAsync(http, named, PathFacts.None);
        app.MapPost(pattern, door);
        if (!pattern.Contains('{', StringComparison.Ordinal))
        {
            app.ServiceProvider.GetRequiredService<ShortWay>().Add(pattern, door);
        }
    }

    /// <summary>The dialect in which a path that leads nowhere is answered.</summary>
    public static Dialect DialectOf(PathString path)
    {
        if (path.StartsWithSegments("/anthropic") || path.StartsWithSegments("/anthropic_passthrough") || path.StartsWithSegments("/v1/messages") || path.StartsWithSegments("/cursor/v1/messages")
            || path.StartsWithSegments("/vertex"))
        {
            return Dialects.Messages;
        }

        if (path.StartsWithSegments("/bedrock") || path.StartsWithSegments("/cursor/model"))
        {
            return Dialects.Converse;
        }

        if (path.StartsWithSegments("/genai") || path.StartsWithSegments("/genai_passthrough") || path.StartsWithSegments("/v1beta") || path.StartsWithSegments("/cursor/v1beta"))
        {
            return Dialects.GenerateContent;
        }

        var isResponses = path.StartsWithSegments("/v1/responses") || path.StartsWithSegments("/v1/conversations") || path.StartsWithSegments("/openai/v1/responses");
        return isResponses ? Dialects.Responses : Dialects.Chat;
    }
}
