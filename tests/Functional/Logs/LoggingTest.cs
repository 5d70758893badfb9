using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Storage;
using BifrostLite.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional.Logs;

/// <summary>A gateway with a request log in a file of its own: requests in, /api/logs out.</summary>
public abstract class LoggingTest : FunctionalTest, IAsyncLifetime
{
    protected const string Answer = """
        {"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"parrot-answer"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-logs");

    private protected IStore? Store { get; set; }
    private protected RunningGateway Gateway { get; private set; } = null!;

    protected int Served { get; set; }

    protected string StoreFile => Path.Combine(_directory.FullName, "logs.db");

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Store = SqliteStore.Open(StoreFile, TimeProvider.System).Value;
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await (Store?.DisposeAsync() ?? default);
        await DisposeAsync();
        _directory.Delete(recursive: true);
    }

    protected static string Text(JsonElement log, string name) => log.GetProperty(name).GetString()!;

    /// <param name="adjust">Changes the client section; given at all, the configuration has a logs_store.</param>
    /// <param name="configure">Changes the rest.</param>
    private protected async Task StartAsync(Func<ClientConfig, ClientConfig>? adjust = null, Func<GatewayConfig, GatewayConfig>? configure = null)
    {
        Gateway = await RunningGateway.StartAsync(
            Upstream,
            config => configure is not null ? configure(config) : adjust is null ? config : config with { Client = adjust(config.Client), LogsStore = new StoreConfig { IsEnabled = true } },
            level: LogLevel.Information,
            stores: new Stores(null, Store));
    }

    private protected Task AskAsync(Scene scene, string text, params (string, string)[] headers)
    {
        Upstream.NextJson(200, Answer);
        return PostAsync(scene, text, headers);
    }

    private protected async Task PostAsync(Scene scene, string text, params (string, string)[] headers)
    {
        await BytesAsync(await Gateway.PostAsync(scene.Path, scene.Body.Replace("\"hi\"", $"\"{text}\""), headers));
        await Gateway.LoggedAsync("bytesOut=", ++Served);
    }

    protected async Task<JsonElement> LogsAsync(string path)
    {
        await Gateway.Service<RequestLog>().WriteAsync();
        return await JsonAsync(await Gateway.Client.GetAsync(path));
    }
}
