using BifrostLite.Pipeline;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Endpoints;

/// <summary>
/// Bifrost's passthrough prefixes (docs.getbifrost.ai/integrations/passthrough): the path names the provider, the rest of it is the provider's
/// own, the model's name goes as it is, and nothing is translated. Key, limits, log and usage are the gateway's. Only operations that ask a model are
/// passed: with the rest (files, accounts, stored responses) a caller could reach what the provider's key owns.
/// </summary>
internal static class PassthroughEndpoints
{
    public static void MapPassthrough(this IEndpointRouteBuilder app)
    {
        MapOpenAI(app, "/openai_passthrough/v1", "openai");
        MapOpenAI(app, "/azure_passthrough/openai/v1", "azure");
        MapMessages(app, "/anthropic_passthrough/v1", "anthropic");
        MapMessages(app, "/azure_passthrough/v1", "azure");
        var gateway = app.ServiceProvider.GetRequiredService<Gateway>();
        Post("/azure_passthrough/openai/deployments/{**rest}", http => OpenAIEndpoints.DeploymentAsync(http, gateway, isPassthrough: true));
        foreach (var version in (ReadOnlySpan<string>)["/v1beta", "/v1beta1", "/v1"])
        {
            Post($"/genai_passthrough{version}/models/{{**rest}}", http => GeminiEndpoints.PassAsync(http, gateway, "gemini"));
            Post($"/genai_passthrough{version}/projects/{{**rest}}", http => GeminiEndpoints.PassAsync(http, gateway, "vertex"));
        }

        foreach (var prefix in (ReadOnlySpan<string>)["/openai_passthrough", "/anthropic_passthrough", "/azure_passthrough", "/genai_passthrough"])
        {
            app.Map(prefix + "/{**rest}", (RequestDelegate)RefuseAsync);
        }

        void Post(string pattern, RequestDelegate door) => app.MapPost(pattern, door);
    }

    private static void MapOpenAI(IEndpointRouteBuilder app, string prefix, string provider)
    {
        app.MapDoor(prefix + "/chat/completions", Passing(FrontDoor.Chat, provider));
        app.MapDoor(prefix + "/responses", Passing(FrontDoor.Responses, provider));
        app.MapDoor(prefix + "/responses/input_tokens", Passing(FrontDoor.ResponsesTokens, provider));
        app.MapDoor(prefix + "/embeddings", Passing(FrontDoor.Embeddings, provider));
        foreach (var native in NativeOperation.All)
        {
            app.MapDoor(prefix + native.Path, Passing(FrontDoor.Native(native), provider));
        }
    }

    private static void MapMessages(IEndpointRouteBuilder app, string prefix, string provider)
    {
        app.MapDoor(prefix + "/messages", Passing(FrontDoor.Messages, provider));
        app.MapDoor(prefix + "/messages/count_tokens", Passing(FrontDoor.MessagesTokens, provider));
    }

    private static InboundRoute Passing(InboundRoute route, string provider) => route with { DefaultProvider = provider, IsPassthrough = true, Job = null };

    private static Task RefuseAsync(HttpContext http)
    {
        var error = new GatewayError(403, ErrorKind.Permission, $"{http.Request.Method} {http.Request.Path.Value} is not passed on: only POST requests that ask a model are.");
        return GatewayErrors.WriteAsync(http, FrontDoor.DialectOf(http.Request.Path), error);
    }
}
