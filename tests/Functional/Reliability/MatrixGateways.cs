using System.Collections.Concurrent;
using BifrostLite.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>Gateways for the failure matrix, one for each way of setting them up, on one clock that only tests move.</summary>
internal sealed class MatrixGateways(ScriptedUpstream upstream) : IAsyncDisposable
{
    private static readonly string[] Keys = ["k1", "k2", "k3"];

    private readonly ConcurrentDictionary<(Setup, bool), RunningGateway> _gateways = new();
    private readonly NoWaiting _pacing = new();

    public ManualTime Time { get; } = new();

    /// <param name="setup">Beyond retries.</param>
    /// <param name="isGuarded">One retry; the request itself names the fallback.</param>
    public async Task<RunningGateway> GetAsync(Setup setup, bool isGuarded)
    {
        if (!_gateways.TryGetValue((setup, isGuarded), out var gateway))
        {
            gateway = await RunningGateway.StartAsync(upstream, config => Adjust(config, setup, isGuarded), replace: services =>
            {
                services.AddSingleton<TimeProvider>(Time);
                _pacing.Install(services);
            });
            _gateways[(setup, isGuarded)] = gateway;
        }

        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways.Values)
        {
            await gateway.DisposeAsync();
        }
    }

    private static GatewayConfig Adjust(GatewayConfig config, Setup setup, bool isGuarded) => config with
    {
        Providers = config.Providers.ToDictionary(p => p.Key, p => p.Key == "chatonly" ? Patient(p.Value) : p.Value with
        {
            Network = Adjust(p.Value.Network, setup) with { MaxRetries = isGuarded ? 1 : 0, RequestTimeout = TimeSpan.FromSeconds(100) },
            Keys = [.. Keys.Select(name => p.Value.Keys[0] with { Id = name, Name = name })],
        }),
    };

    /// <summary>Time that passes for the primary's sake must not run out for the fallback.</summary>
    private static ProviderConfig Patient(ProviderConfig provider) => provider with
    {
        Network = provider.Network with { RequestTimeout = TimeSpan.FromHours(20), StreamIdleTimeout = TimeSpan.FromHours(20) },
    };

    private static NetworkConfig Adjust(NetworkConfig network, Setup setup) => setup switch
    {
        Setup.FirstTokenLimit => network with { FirstTokenTimeout = TimeSpan.FromSeconds(20) },
        Setup.Hedged => network with { HedgeDelay = TimeSpan.FromSeconds(2) },
        Setup.HeldBack => network with { StreamHoldBackBytes = 64 * 1024 },
        Setup.Refused => network with { BaseUrl = new Uri("http://127.0.0.1:1") },
        Setup.NoName => network with { BaseUrl = new Uri("http://no-such-host.invalid") },
        Setup.NoTls => network with { BaseUrl = new Uri($"https://127.0.0.1:{network.BaseUrl!.Port}") },
        _ => network,
    };
}
