using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Pipeline.Models;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Endpoints;

/// <summary>
/// GET …/models and …/models/{id} under every prefix, in the shape of the prefix's dialect. At the unified path a caller that
/// sends anthropic-version gets Anthropic's shape: its SDKs ask there when their base URL has no prefix.
/// </summary>
internal static class ModelEndpoints
{
    private const string Marker = "/models/";

    public static void MapModels(this IEndpointRouteBuilder app)
    {
        var directory = app.ServiceProvider.GetRequiredService<ModelDirectory>();
        Map(app, directory, FrontDoor.Chat, "/v1", "/openai/v1", "/openai", "/cursor/v1", "/cursor");
        Map(app, directory, FrontDoor.Messages, "/anthropic/v1");
        Map(app, directory, FrontDoor.GenerateContent, "/genai/v1beta", "/v1beta", "/cursor/v1beta");
    }

    private static void Map(IEndpointRouteBuilder app, ModelDirectory directory, InboundRoute door, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            var isUnified = prefix == "/v1";
            app.MapGet($"{prefix}/models/{{**id}}", (RequestDelegate)(http =>
                AnswerAsync(http, directory, isUnified && http.Request.Headers.ContainsKey("anthropic-version") ? FrontDoor.Messages : door)));
        }
    }

    private static Task AnswerAsync(HttpContext http, ModelDirectory directory, InboundRoute door)
    {
        if (directory.Admit(http, out var caller) is { } refusal)
        {
            return GatewayErrors.WriteAsync(http, door.Dialect, refusal);
        }

        var id = RawPath.After(http, Marker);
        return id.Length == 0 ? ListAsync(http, directory, door.Dialect, caller) : OneAsync(http, directory, door, id, caller);
    }

    private static async Task ListAsync(HttpContext http, ModelDirectory directory, Dialect dialect, VirtualKey? caller)
    {
        // Bifrost's header says the same to clients that cannot add to the address.
        var asked = http.Request.Headers["x-bf-list-models-provider"].ToString();
        var provider = http.Request.Query["provider"].ToString() is { Length: > 0 } named ? named : asked is "all" ? "" : asked;
        if (provider.Length > 0 && caller?.Permits(provider) == false)
        {
            await GatewayErrors.WriteAsync(http, dialect, Refusals.Provider(provider));
            return;
        }

        if (await directory.ListAsync(provider, caller, http.RequestAborted) is not { } models)
        {
            await GatewayErrors.WriteAsync(http, dialect, GatewayError.Invalid($"No provider \"{provider}\" is configured.", "provider"));
            return;
        }

        using var body = new PooledBuffer();
        ((IModelLists)dialect).WriteModels(ModelPages.Cut(models, http.Request.Query), body);
        await WriteAsync(http, body);
    }

    private static async Task OneAsync(HttpContext http, ModelDirectory directory, InboundRoute door, string id, VirtualKey? caller)
    {
        if (await directory.FindAsync(id, door.DefaultProvider, caller, http.RequestAborted) is not { } model)
        {
            var error = new GatewayError(404, ErrorKind.NotFound, $"There is no model \"{id}\"; GET {http.Request.Path.Value?.Split(Marker)[0]}/models lists them.");
            await GatewayErrors.WriteAsync(http, door.Dialect, error);
            return;
        }

        using var body = new PooledBuffer();
        ((IModelLists)door.Dialect).WriteModel(model, body);
        await WriteAsync(http, body);
    }

    private static async Task WriteAsync(HttpContext http, PooledBuffer body)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body.Memory, http.RequestAborted);
    }
}
