using System.Globalization;
using System.Text;

namespace BifrostLite.Pipeline.Metrics;

/// <summary>
/// Writes the metrics in Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Names are Bifrost's
/// (docs/features/observability/prometheus); losses, fallbacks, cancelled and estimated are this gateway's own.
/// </summary>
internal static class Exposition
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(GatewayMetrics metrics)
    {
        var text = new StringBuilder(16 * 1024);
        WriteHttp(text, [.. metrics.Http]);
        ModelSeries[] models = [.. metrics.Models];
        Family(text, "bifrost_active_requests", "gauge", "Requests being served.");
        Line(text, "bifrost_active_requests", "", metrics.Active);
        Counter(text, models, "bifrost_upstream_requests_total", "Calls made to providers.", static series => Interlocked.Read(ref series.Upstream));
        Counter(text, models, "bifrost_success_requests_total", "Requests answered.", static series => Interlocked.Read(ref series.Successes));
        WriteErrors(text, models);
        Counter(text, models, "bifrost_input_tokens_total", "Tokens read by models.", static series => Interlocked.Read(ref series.InputTokens));
        Counter(text, models, "bifrost_output_tokens_total", "Tokens written by models.", static series => Interlocked.Read(ref series.OutputTokens));
        Counter(text, models, "bifrost_cost_total", "Cost in US dollars.", static series => Interlocked.Read(ref series.NanoDollars) / 1e9);
        Counter(text, models, "bifrost_estimated_total", "Answers whose tokens were counted by the gateway.", static series => Interlocked.Read(ref series.Estimated));
        Counter(text, models, "bifrost_cancelled_total", "Requests whose caller went away.", static series => Interlocked.Read(ref series.Cancelled));
        Counter(text, models, "bifrost_fallbacks_total", "Times another provider or model was asked.", static series => Interlocked.Read(ref series.Fallbacks));
        Counter(text, models, "bifrost_hedges_total", "Times a second candidate was asked beside a slow first and one of the two was given up.", static series => Interlocked.Read(ref series.Hedges));
        Counter(text, models, "bifrost_key_rotation_events_total", "Times another key was used.", static series => Interlocked.Read(ref series.KeyRotations));
        WriteLosses(text, models);
        WriteCacheHits(text, models);
        Histograms(text, models, "bifrost_upstream_latency_seconds", "Time to the provider's answer, or to its headers where it streams.", static series => series.Latency);
        Histograms(text, models, "bifrost_stream_first_token_latency_seconds", "Time to a stream's first content.", static series => series.FirstToken);
        Histograms(text, models, "bifrost_stream_inter_token_latency_seconds", "Mean time between a stream's tokens, one observation a stream.", static series => series.InterToken);
        Histograms(text, models, "bifrost_overhead_latency_microseconds", "The gateway's own share of a request, to the first token of a stream.", static series => series.Overhead);
        Histograms(text, models, "bifrost_request_retries", "Retries a request took.", static series => series.Retries);
        return text.ToString();
    }

    private static void WriteHttp(StringBuilder text, HttpSeries[] http)
    {
        Family(text, "http_requests_total", "counter", "Requests by route and status.");
        foreach (var series in http)
        {
            foreach (var count in series.ByStatus)
            {
                Line(text, "http_requests_total", $"{series.Labels},status=\"{count.Name}\"", count.Value);
            }
        }

        Histograms(text, http, "http_request_duration_seconds", "Time a request took.", static series => series.Duration);
        Histograms(text, http, "http_request_size_bytes", "Size of request bodies.", static series => series.RequestBytes);
        Histograms(text, http, "http_response_size_bytes", "Size of answers.", static series => series.ResponseBytes);
    }

    private static void WriteErrors(StringBuilder text, ModelSeries[] models)
    {
        Family(text, "bifrost_error_requests_total", "counter", "Requests that failed, by status and type.");
        foreach (var series in models)
        {
            foreach (var count in series.Errors)
            {
                Line(text, "bifrost_error_requests_total", $"{series.Labels},{count.Name}", count.Value);
            }
        }
    }

    private static void WriteLosses(StringBuilder text, ModelSeries[] models)
    {
        Family(text, "bifrost_losses_total", "counter", "What translations could not carry, by reason.");
        foreach (var series in models)
        {
            foreach (var count in series.Losses)
            {
                Line(text, "bifrost_losses_total", $"{series.Labels},reason=\"{count.Name}\"", count.Value);
            }
        }
    }

    private static void WriteCacheHits(StringBuilder text, ModelSeries[] models)
    {
        Family(text, "bifrost_cache_hits_total", "counter", "Answers that had been given before, to equal (direct) or alike (semantic) requests.");
        foreach (var series in models)
        {
            Line(text, "bifrost_cache_hits_total", $"{series.Labels},cache_type=\"direct\"", Interlocked.Read(ref series.DirectHits));
            Line(text, "bifrost_cache_hits_total", $"{series.Labels},cache_type=\"semantic\"", Interlocked.Read(ref series.SemanticHits));
        }
    }

    private static void Counter(StringBuilder text, ModelSeries[] models, string name, string help, Func<ModelSeries, double> value)
    {
        Family(text, name, "counter", help);
        foreach (var series in models)
        {
            Line(text, name, series.Labels, value(series));
        }
    }

    private static void Histograms(StringBuilder text, ModelSeries[] models, string name, string help, Func<ModelSeries, Histogram> histogram)
    {
        Family(text, name, "histogram", help);
        foreach (var series in models)
        {
            // What never streamed has no first token: a thousand models would be a page of zeros.
            if (histogram(series) is { IsEmpty: false } observed)
            {
                Buckets(text, name, series.Labels, observed);
            }
        }
    }

    private static void Histograms(StringBuilder text, HttpSeries[] http, string name, string help, Func<HttpSeries, Histogram> histogram)
    {
        Family(text, name, "histogram", help);
        foreach (var series in http)
        {
            Buckets(text, name, series.Labels, histogram(series));
        }
    }

    private static void Buckets(StringBuilder text, string name, string labels, Histogram histogram)
    {
        var count = 0L;
        for (var i = 0; i < histogram.Bounds.Length; i++)
        {
            count += histogram.CountAt(i);
            Line(text, name + "_bucket", $"{labels},le=\"{histogram.Bounds[i].ToString(CultureInfo.InvariantCulture)}\"", count);
        }

        count += histogram.CountAt(histogram.Bounds.Length);
        Line(text, name + "_bucket", labels + ",le=\"+Inf\"", count);
        Line(text, name + "_sum", labels, histogram.Sum);
        Line(text, name + "_count", labels, count);
    }

    private static void Family(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
