using BifrostLite.Cli;
using BifrostLite.Configuration;
using BifrostLite.Endpoints;
using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Pipeline.Conversations;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Pipeline.Admission.Management;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Pipeline.Metrics;
using BifrostLite.Pipeline.Models;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Storage;
using Microsoft.AspNetCore.Cors.Infrastructure;

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
        builder.Services.AddSingleton(stores ?? Stores.None);
        builder.Services.AddSingleton(new HttpPools());
        builder.Services.AddSingleton(ProviderFactory.Create(TimeProvider.System));
        builder.Services.AddPrices(options);
        builder.Services.AddSingleton<SnapshotSource>();
        builder.Services.AddRouting();
        builder.Services.AddAdmission();
        builder.Services.AddJobs(AsyncEndpoints.AllDoors);
        builder.Services.AddSingleton<GatewayMetrics>();
        builder.Services.AddConversations();
        builder.Services.AddCache();
        builder.Services.AddSingleton<Gateway>();
        builder.Services.AddSingleton(provider => new KeptLists(options.AppDirectory, provider.GetRequiredService<ILogger<KeptLists>>()));
        builder.Services.AddSingleton<ModelCatalogue>();
        builder.Services.AddHostedService<ModelRefresh>();
        builder.Services.AddSingleton<ModelDirectory>();
        builder.Services.AddRequestLog();
        builder.Services.AddHostedService<StoreSweeper>();
        builder.Services.AddSingleton<HealthReport>();
        builder.Services.AddHostedService<QuietCollector>();
        builder.Services.AddSingleton<StoreMetrics>();
        builder.Services.AddSingleton<ShortWay>();
        builder.Services.AddSingleton<KeyMetrics>();
        builder.Services.AddCors();
        builder.Services.AddSingleton<ICorsPolicyProvider, Cors>();
        builder.Services.AddClosedGenerics();
        builder.Services.AddLogger<StoreSweeper>();
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

    private static void AddRouting(this IServiceCollection services)
    {
        services.AddSingleton<Lanes>();
        services.AddSingleton<SessionKeys>();
        services.AddSingleton<RetryBudget>();
        services.AddSingleton(provider => new RetryPacing(provider.GetRequiredService<TimeProvider>(), Random.Shared));
        services.AddSingleton<Failover>();
    }

    private static void AddPrices(this IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton<PriceSheets>();
        services.AddHostedService(provider => new PriceSheetRefresh(
            provider.GetRequiredService<PriceSheets>(),
            provider.GetRequiredService<ConfigSource>(),
            options.AppDirectory,
            PriceSheetRefresh.Web(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PriceSheetRefresh>>()));
    }

    private static void AddAdmission(this IServiceCollection services)
    {
        services.AddSingleton<LimitCounters>();
        services.AddSingleton(provider => new LimitLedger(
            provider.GetRequiredService<Stores>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LimitLedger>>())
        {
            IsShared = provider.GetRequiredService<ConfigSource>().Current.IsStateShared,
            Counters = provider.GetRequiredService<LimitCounters>(),
        });
        services.AddHostedService(provider => provider.GetRequiredService<LimitLedger>());
        services.AddSingleton<GovernanceRecords>();
        services.AddHostedService(provider => provider.GetRequiredService<GovernanceRecords>());
        services.AddSingleton<GovernanceView>();
        services.AddSingleton<VirtualKeys>();
        services.AddSingleton<Gatekeeper>();
    }

    private static void AddConfiguration(this IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton(provider => new ConfigSource(
            options.Config,
            () => new ConfigLoader(Environment.GetEnvironmentVariable).Load(options.AppDirectory),
            config => BindGuard.Refusal(options, config),
            provider.GetRequiredService<ILogger<ConfigSource>>()));
        services.AddHostedService(provider => new ConfigWatcher(
            provider.GetRequiredService<ConfigSource>(),
            options.AppDirectory,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ConfigWatcher>>()));
    }
}
