using System.Globalization;
using System.Text;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Metrics;

/// <summary>The stores and the request log in Prometheus' text format, beside <see cref="Exposition"/>; nothing where nothing is stored.</summary>
internal sealed class StoreMetrics(Stores stores, RequestLog log)
{
    public string Write()
    {
        if (stores.State is null && stores.Logs is null)
        {
            return "";
        }

        var text = new StringBuilder();
        Family(text, "bifrost_store_calls_total", "counter", "Calls of the store.", static health => health.Calls);
        Family(text, "bifrost_store_failures_total", "counter", "Calls of the store that failed.", static health => health.Failures);
        text.Append("# HELP bifrost_store_call_seconds How long calls of the store took, waiting included.\n# TYPE bifrost_store_call_seconds histogram\n");
        Latencies(text, "config", stores.State);
        Latencies(text, "logs", stores.Logs);
        Family(text, "bifrost_store_queue", "gauge", "Calls of the store that wait or run.", static health => health.Queue);
        Single(text, "bifrost_log_written_total", "counter", "Entries written to the request log.", log.Written);
        Single(text, "bifrost_log_dropped_total", "counter", "Requests missing from the request log.", log.Dropped);
        Single(text, "bifrost_log_dropped_contents_total", "counter", "Entries of the request log without the contents they should have.", log.DroppedContents);
        Single(text, "bifrost_log_waiting", "gauge", "Entries waiting to be written.", log.Waiting);
        return text.ToString();
    }

    private void Family(StringBuilder text, string name, string type, string help, Func<StoreHealth, double> value)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        Line(text, name, "config", stores.State, value);
        Line(text, name, "logs", stores.Logs, value);
    }

    private static void Line(StringBuilder text, string name, string store, IStore? from, Func<StoreHealth, double> value)
    {
        if (from?.Health is { } health)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{{store=\"{store}\",engine=\"{health.Engine}\"}} {value(health)}\n");
        }
    }

    private static void Latencies(StringBuilder text, string store, IStore? from)
    {
        if (from?.Health is not { } health)
        {
            return;
        }

        var labels = $"store=\"{store}\",engine=\"{health.Engine}\"";
        for (var i = 0; i < health.Within.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"bifrost_store_call_seconds_bucket{{{labels},le=\"{StoreMeter.Bounds[i]}\"}} {health.Within[i]}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"bifrost_store_call_seconds_bucket{{{labels},le=\"+Inf\"}} {health.Calls}\n");
        text.Append(CultureInfo.InvariantCulture, $"bifrost_store_call_seconds_sum{{{labels}}} {health.Seconds}\n");
        text.Append(CultureInfo.InvariantCulture, $"bifrost_store_call_seconds_count{{{labels}}} {health.Calls}\n");
    }

    private static void Single(StringBuilder text, string name, string type, string help, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value}\n");
}
