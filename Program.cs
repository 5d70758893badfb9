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
        builder.Services.AddRooms(options, stores ?? Stores.None);
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapDoors();
        return app;
    }

    private static void AddRooms(this IServiceCollection services, ServeOptions options, Stores stores)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddConfiguration(options);
        services.AddSingleton(new HttpPools());
        services.AddSingleton(ProviderFactory.Create(TimeProvider.System));
        services.AddSingleton<SnapshotSource>();
        services.AddSingleton<Gateway>();
        services.AddPrices(options.AppDirectory);
        services.AddModelRouting();
        services.AddAdmission();
        services.AddJobs(AsyncEndpoints.AllDoors);
        services.AddConversations();
        services.AddCache();
        services.AddModels(options.AppDirectory);
        services.AddRequestLog();
        services.AddStores(stores);
        services.AddLogger<StoreSweeper>();
        services.AddGatewayMetrics();
        services.AddSingleton<HealthReport>();
        services.AddHostedService<QuietCollector>();
        services.AddDoors();
    }

    private static void MapDoors(this WebApplication app)
    {
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
        app.MapPassthrough();
        app.MapCursor();
        app.MapResponses();
        app.MapConversations();
        app.MapModels();
        GovernanceEndpoints.Map(app);
        app.MapAsync();
        app.MapLogs();
        app.MapCache();
        app.MapMetrics();
    }
}
