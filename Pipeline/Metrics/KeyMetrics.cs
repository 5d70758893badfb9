using System.Text;

namespace BifrostLite.Pipeline.Metrics;

/// <summary>
/// Whether each configured key works, as Bifrost tells it (bifrost_provider_key_up, docs/features/observability/prometheus), beside
/// <see cref="Exposition"/>: 0 after an attempt that failed for the key or its provider, 1 after one that did not, and before any.
/// Learned from requests only; as many lines as there are keys.
/// </summary>
internal sealed class KeyMetrics(SnapshotSource snapshots)
{
    public string Write()
    {
        var text = new StringBuilder("# HELP bifrost_provider_key_up Whether the last call with a key went well.\n# TYPE bifrost_provider_key_up gauge\n");
        var snapshot = snapshots.Current;
        foreach (var provider in snapshot.Providers.All)
        {
            var lane = snapshot.Lanes.Of(provider);
            foreach (var key in provider.Keys)
            {
                var labels = new StringBuilder();
                MetricLabels.Append(labels, "provider", provider.Name);
                MetricLabels.Append(labels, "key_id", key.Id);
                MetricLabels.Append(labels, "key_name", key.Name);
                text.Append("bifrost_provider_key_up{").Append(labels).Append("} ").Append(lane.IsUp(key) ? '1' : '0').Append('\n');
            }
        }

        return text.ToString();
    }
}
