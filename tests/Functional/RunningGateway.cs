using System.Net;
using System.Net.Http.Headers;
using System.Text;
using BifrostLite.Cli;
using BifrostLite.Configuration;
using BifrostLite.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional;

/// <summary>The whole gateway on a free loopback port, its providers pointed at a scripted upstream.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    public const string OpenAiKey = "sk-upstream-openai-4711";
    public const string AnthropicKey = "sk-ant-upstream-4712";
    public const string BedrockKey = "bedrock-upstream-4713";
    public const string GeminiKey = "gemini-upstream-4714";

    private readonly WebApplication _app;
    private readonly LogCapture _logs = new();

    private RunningGateway(WebApplication app, Uri address)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(_logs);
    }

    public HttpClient Client { get; }

    /// <summary>Everything logged so far, formatted, with states and exceptions.</summary>
    public IReadOnlyList<string> Logs => _logs.Lines;

    public ConfigSource Config => _app.Services.GetRequiredService<ConfigSource>();

    /// <summary>Starts over the providers openai, anthropic, bedrock, gemini and chatonly (a custom one that knows chat only).</summary>
    /// <param name="upstream">Who plays all of them.</param>
    /// <param name="adjust">Changes the configuration before the start.</param>
    /// <param name="appDirectory">Where a reload finds config.json.</param>
    /// <param name="level">What is logged.</param>
    /// <param name="replace">Puts other services in.</param>
    /// <param name="stores">Where it stores what outlives a request; null for nowhere.</param>
    public static async Task<RunningGateway> StartAsync(
        ScriptedUpstream upstream, Func<GatewayConfig, GatewayConfig>? adjust = null, string? appDirectory = null, LogLevel level = LogLevel.None,
        Action<IServiceCollection>? replace = null, Stores? stores = null)
    {
        var config = ConfigFor(upstream);
        var app = Program.Build(new ServeOptions
        {
            AppDirectory = appDirectory ?? Path.Combine(Path.GetTempPath(), "bifrost-lite-tests-without-config"),
            Host = "127.0.0.1",
            Address = IPAddress.Loopback,
            Port = 0,
            LogLevel = level,
            LogStyle = LogStyle.Json,
            AllowUnauthenticated = false,
            Config = adjust is null ? config : adjust(config),
        }, stores, replace);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new RunningGateway(app, new Uri(address));
    }

    /// <summary>One of the gateway's own parts.</summary>
    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Changes the network settings of every provider.</summary>
    public static Func<GatewayConfig, GatewayConfig> Network(Func<NetworkConfig, NetworkConfig> adjust) => config => config with
    {
        Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with { Network = adjust(p.Value.Network) }),
    };

    /// <summary>Waits until so many log lines hold a text.</summary>
    public Task LoggedAsync(string text, int count) => _logs.WaitAsync(text, count, TimeSpan.FromSeconds(30));

    /// <summary>Posts a JSON body and waits for headers only.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        PostAsync(path, new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")), headers);

    public async Task<HttpResponseMessage> PostAsync(string path, HttpContent content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using (var now = new CancellationTokenSource())
        {
            // What still streams is cut: tests end streams on purpose in mid-air.
            await now.CancelAsync();
            await _app.StopAsync(now.Token);
        }

        await _app.DisposeAsync();
        _logs.Dispose();
    }

    private static GatewayConfig ConfigFor(ScriptedUpstream upstream)
    {
        var network = new NetworkConfig { BaseUrl = upstream.Address };
        return new GatewayConfig
        {
            Providers = new Dictionary<string, ProviderConfig>
            {
                ["openai"] = Provider("openai", network, OpenAiKey),
                ["anthropic"] = Provider("anthropic", network, AnthropicKey),
                ["bedrock"] = Provider("bedrock", network, BedrockKey, new BedrockKeyConfig { Region = "us-east-1" }),
                ["gemini"] = Provider("gemini", network, GeminiKey),
                ["chatonly"] = Provider("chatonly", network, OpenAiKey) with
                {
                    Custom = new CustomProviderConfig
                    {
                        BaseProviderType = "openai",
                        AllowedRequests = new HashSet<string> { "chat_completion", "chat_completion_stream" },
                    },
                },
            },
        };
    }

    private static ProviderConfig Provider(string name, NetworkConfig network, string key, BedrockKeyConfig? bedrock = null) => new()
    {
        Name = name,
        Network = network,
        Keys = [new KeyConfig { Name = name + "-key", Value = new Secret(key), Bedrock = bedrock }],
    };
}
