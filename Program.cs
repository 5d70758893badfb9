using BifrostLite.Cli;
using BifrostLite.Endpoints;
using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Pipeline.Conversations;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Pipeline.Metrics;
using BifrostLite.Pipeline.Models;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Storage;

namespace BifrostLite;

/// <summary>From the command line to a listening gateway.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.RunAsync(args, ServeAsync);

    private static async Task<int> ServeAsync(ServeOptions options)
    {
        if (TlsLibrary.Prepare() is { } missing)
        {
            Console.Error.WriteLine("error: " + missing);
            return ExitCode.Failure;
        }

        var opening = new StoreOpening(options.Config, options.AppDirectory, TimeProvider.System);
        await using var stores = await opening.OpenAsync();
        if (stores is null)
        {
            Console.Error.WriteLine("error: " + opening.Complaint);
            return ExitCode.Failure;
        }

        await using var app = Build(options, stores);
        try
        {
            await app.StartAsync();
        }
        catch (Exception problem) when (ListenFailure.Describe(problem, options.Host, options.Port) is { } complaint)
        {
            Console.Error.WriteLine("error: " + complaint);
            return ExitCode.Failure;
        }

        StartupBanner.Write(Console.Out, options.WithNotice(opening.Notice), [.. app.Urls], DateTimeOffset.UtcNow);
        await app.WaitForShutdownAsync();
        return ExitCode.Success;
    }

    /// <summary>The whole gateway, not yet listening.</summary>
    /// <param name="options">What the command line says.</param>
    /// <param name="stores">What outlives requests; null for none.</param>
    /// <param name="replace">Puts other clocks and dice in, for tests.</param>
    internal static WebApplication Build(ServeOptions options, Stores? stores = null, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.AddKestrel(options.Address, options.Port, options.Config.MostHeaderBytes);
        builder.Logging.AddConsole(options.LogLevel, options.LogStyle == LogStyle.Json);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddConfiguration(options);
        builder.Services.AddSingleton(new HttpPools());
        builder.Services.AddSingleton(ProviderFactory.Create(TimeProvider.System));
        builder.Services.AddSingleton<SnapshotSource>();
        builder.Services.AddSingleton<Gateway>();
        builder.Services.AddPrices(options.AppDirectory);
        builder.Services.AddModelRouting();
        builder.Services.AddAdmission();
        builder.Services.AddJobs(AsyncEndpoints.AllDoors);
        builder.Services.AddConversations();
        builder.Services.AddCache();
        builder.Services.AddModels(options.AppDirectory);
        builder.Services.AddRequestLog();
        builder.Services.AddStores(stores ?? Stores.None);
        builder.Services.AddLogger<StoreSweeper>();
        builder.Services.AddGatewayMetrics();
        builder.Services.AddSingleton<HealthReport>();
        builder.Services.AddHostedService<QuietCollector>();
        builder.Services.AddDoors();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        FrameworkPrefixes.Use(app);
        ShortWay.Use(app);
        app.UseRouting();
        Cors.UseForBrowsers(app);
        app.UseEnvelopes();
        app.MapHealth();
        app.MapOpenAI();
        app.MapAnthropic();
        app.MapBedrock();
        app.MapGemini();
        app.MapCursor();
        app.MapResponses();
        app.MapConversations();
        app.MapModels();
        GovernanceEndpoints.Map(app);
        app.MapAsync();
        app.MapLogs();
        app.MapCache();
        app.MapMetrics();
        return app;
    }
}
