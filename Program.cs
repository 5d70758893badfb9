using System.Net;
using BifrostLite.Configuration;
using BifrostLite.Endpoints;
using BifrostLite.Pipeline;
using BifrostLite.Providers;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace BifrostLite;

/// <summary>From the command line to a listening gateway.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is var at and >= 0 ? args[at + 1] : otherwise;
        var loaded = new ConfigLoader(Environment.GetEnvironmentVariable).Load(Option("--app-dir", "."));
        if (loaded.Config is null)
        {
            Console.Error.WriteLine(string.Join('\n', loaded.Problems));
            return 1;
        }

        await using var app = Build(IPAddress.Loopback, int.Parse(Option("--port", "8080")), LogLevel.Information, false, loaded.Config);
        await app.RunAsync();
        return 0;
    }

    /// <summary>The whole gateway over one configuration; <paramref name="port"/> 0 takes a free one.</summary>
    internal static WebApplication Build(IPAddress address, int port, LogLevel level, bool jsonLogs, GatewayConfig config)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.AddKestrel(address, port);
        builder.Logging.AddConsole(level, jsonLogs);
        builder.Services.AddCors();
        builder.Services.AddSingleton<ICorsPolicyProvider, Cors>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new SnapshotSource(new Snapshot(config, ProviderSet.Create(config, new HttpPools(), ProviderFactory.Create(TimeProvider.System)))));
        builder.Services.AddSingleton<Gateway>();

        var app = builder.Build();
        app.UseEnvelopes();
        app.UseRouting();
        app.UseCors();
        app.MapHealth();
        app.MapAnthropic();
        app.MapOpenAI();
        app.MapCursor();
        app.MapBedrock();
        return app;
    }
}
