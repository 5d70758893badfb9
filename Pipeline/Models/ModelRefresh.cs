using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Models;

/// <summary>
/// Has the lists of models that are in use fetched anew, once an interval (framework.pricing.live_models_sync_interval). Nobody is asked
/// whose models nobody has asked for: a gateway that is merely started calls no one.
/// </summary>
internal sealed class ModelRefresh(SnapshotSource snapshots, ModelCatalogue catalogue, ConfigSource source, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(source.Current.Pricing.ModelsInterval, clock, stoppingToken);
            foreach (var provider in snapshots.Current.Providers.All)
            {
                catalogue.Of(provider).Refresh();
            }
        }
    }
}
