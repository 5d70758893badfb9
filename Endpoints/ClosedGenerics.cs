using BifrostLite.Configuration;
using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Pipeline.Admission.Management;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Pipeline.Conversations;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Pipeline.Models;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace BifrostLite.Endpoints;

/// <summary>
/// The framework's generic services in the closed forms that a start asks for. Where the container knows only the open form, native
/// code builds the closed types while it starts: IOptions&lt;T&gt; with its factory, monitor, cache and lists took a quarter of the
/// start's CPU (docs/decisions.md). What is not listed here works as ever, only later.
/// </summary>
internal static class ClosedGenerics
{
    public static void AddClosedGenerics(this IServiceCollection services)
    {
        services.AddOptions<KestrelServerOptions>();
        services.AddOptions<SocketTransportOptions>();
        services.AddOptions<RouteOptions>();
        services.AddOptions<RouteHandlerOptions>();
        services.AddOptions<FormOptions>();
        services.AddOptions<CorsOptions>();
        services.AddOptions<HostOptions>();
        services.AddOptions<LoggerFactoryOptions>();
        services.AddOptions<LoggerFilterOptions>();
        services.AddOptions<MetricsOptions>();
        services.AddOptions<ConsoleLoggerOptions>();
        services.AddOptions<ConsoleFormatterOptions>();
        services.AddOptions<SimpleConsoleFormatterOptions>();
        services.AddOptions<JsonConsoleFormatterOptions>();
        services.AddLogger<ConfigSource>();
        services.AddLogger<ConfigWatcher>();
        services.AddLogger<PriceSheetRefresh>();
        services.AddLogger<LimitLedger>();
        services.AddLogger<GovernanceRecords>();
        services.AddLogger<BackgroundRunner>();
        services.AddLogger<ResponseBook>();
        services.AddLogger<Gateway>();
        services.AddLogger<JobRunner>();
        services.AddLogger<WebhookSender>();
        services.AddLogger<RequestLog>();
        services.AddLogger<ModelCatalogue>();
        services.AddLogger<KeptLists>();
        services.AddLogger<Embedder>();
        services.AddLogger<CacheLife>();
    }

    private static void AddOptions<T>(this IServiceCollection services)
        where T : class, new()
    {
        services.AddSingleton(static provider => new Settled<T>(provider.GetServices<IConfigureOptions<T>>()));
        services.AddSingleton<IOptions<T>>(static provider => provider.GetRequiredService<Settled<T>>());
        services.AddSingleton<IOptionsMonitor<T>>(static provider => provider.GetRequiredService<Settled<T>>());
    }

    public static void AddLogger<T>(this IServiceCollection services) =>
        services.AddSingleton<ILogger<T>>(static provider => new Logger<T>(provider.GetRequiredService<ILoggerFactory>()));

    /// <summary>Options that are what their set-up actions made of them, and stay so: nothing here is named or reloaded through options.</summary>
    private sealed class Settled<T> : IOptions<T>, IOptionsMonitor<T>
        where T : class, new()
    {
        public Settled(IEnumerable<IConfigureOptions<T>> actions)
        {
            foreach (var action in actions)
            {
                action.Configure(Value);
            }
        }

        public T Value { get; } = new();

        public T CurrentValue => Value;

        public T Get(string? name) => Value;

        public IDisposable? OnChange(Action<T, string?> listener) => null;
    }
}
