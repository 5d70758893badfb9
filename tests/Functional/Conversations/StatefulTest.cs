using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Storage;
using BifrostLite.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional.Conversations;

/// <summary>A gateway with a store of its own over a scripted upstream.</summary>
public abstract class StatefulTest : FunctionalTest, IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-state");

    private protected IStore Store { get; private set; } = null!;

    private protected RunningGateway Gateway { get; set; } = null!;

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        OpenStore();
        Gateway = await StartAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Store.DisposeAsync();
        await DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>Another gateway over the same store.</summary>
    private protected Task<RunningGateway> StartAsync(Func<GatewayConfig, GatewayConfig>? adjust = null) => RunningGateway.StartAsync(
        Upstream, adjust, replace: services => services.AddSingleton(new Stores(null, Store)));

    /// <summary>Stops the gateway, closes the store, and starts both again.</summary>
    private protected async Task RestartAsync()
    {
        await Gateway.DisposeAsync();
        await Store.DisposeAsync();
        OpenStore();
        Gateway = await StartAsync();
    }

    private protected async Task<JsonElement> AskAsync(string body, int status = 200)
    {
        var response = await Gateway.PostAsync("/v1/responses", body);
        return await ExpectAsync(response, status);
    }

    private protected Task<JsonElement> GetAsync(string path, int status = 200) => SendAsync(HttpMethod.Get, path, null, status);

    private protected Task<JsonElement> DeleteAsync(string path, int status = 200) => SendAsync(HttpMethod.Delete, path, null, status);

    private protected Task<JsonElement> PostAsync(string path, string body, int status = 200) => SendAsync(HttpMethod.Post, path, body, status);

    private protected async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, int status, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await ExpectAsync(await Gateway.Client.SendAsync(request), status);
    }

    private protected static async Task<JsonElement> ExpectAsync(HttpResponseMessage response, int status)
    {
        var json = await JsonAsync(response);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {json}");
        return json;
    }

    private protected static string Text(JsonElement json, params object[] path)
    {
        foreach (var step in path)
        {
            json = step is int index ? json[index] : json.GetProperty((string)step);
        }

        return json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();
    }

    /// <summary>An answer of Anthropic.</summary>
    private protected void NextMessage(string text, string more = "") => Upstream.NextJson(200, $$"""
        {"id":"msg_up","type":"message","role":"assistant","model":"claude","content":[{{more}}{"type":"text","text":"{{text}}"}],
        "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2} }
        """);

    /// <summary>An answer of OpenAI.</summary>
    private protected void NextResponse(string id, string text, string more = "") => Upstream.NextJson(200, $$"""
        {"id":"{{id}}","object":"response","created_at":1,"status":"completed","model":"gpt","output":[{{more}}{"id":"msg_{{id}}","type":"message","status":"completed","role":"assistant",
        "content":[{"type":"output_text","text":"{{text}}","annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2} }
        """);

    /// <summary>The last request the upstream saw.</summary>
    private protected JsonElement LastAsked()
    {
        using var document = JsonDocument.Parse(Upstream.Requests.Last().Body);
        return document.RootElement.Clone();
    }

    private void OpenStore() => Store = SqliteStore.Open(Path.Combine(_directory.FullName, "state.db"), TimeProvider.System).Value!;
}
