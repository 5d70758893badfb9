using System.Collections.Concurrent;
using System.Text;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Pipeline.Extras;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Metrics;

/// <summary>
/// Counts what every exchange came to. Recording is a walk through three dictionaries to the counters of its labels: nothing is
/// allocated once they are there.
/// </summary>
internal sealed class GatewayMetrics
{
    /// <summary>Model names come from callers: beyond so many series they are counted together.</summary>
    private const int MostSeries = 1_000;

    private const string Other = "_other";

    private readonly ConcurrentDictionary<string, HttpSeries> _http = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, ConcurrentDictionary<string, ModelSeries>>> _models = new(StringComparer.Ordinal);
    private int _series;
    private long _active;

    public long Active => Interlocked.Read(ref _active);

    public IEnumerable<HttpSeries> Http => _http.Values.OrderBy(static series => series.Labels, StringComparer.Ordinal);

    public IEnumerable<ModelSeries> Models => _models.Values
        .SelectMany(static provider => provider.Values).SelectMany(static type => type.Values).OrderBy(static series => series.Labels, StringComparer.Ordinal);

    public void Begin() => Interlocked.Increment(ref _active);

    /// <summary>An exchange is over and settled.</summary>
    public void End(Exchange exchange)
    {
        var status = exchange.Failure?.Status ?? StatusCodes.Status200OK;
        var seconds = exchange.Milliseconds / 1000;
        var http = HttpOf(exchange);
        http.Count(status);
        http.Duration.Observe(seconds);
        http.RequestBytes.Observe(exchange.BytesIn);
        http.ResponseBytes.Observe(exchange.BytesOut);
        var series = SeriesOf(exchange, exchange.Candidate);
        CountAnswer(exchange, seconds, series);
        CountTrail(exchange.Trail, series);
        for (var i = 0; i < (exchange.Expenses?.Count ?? 0); i++)
        {
            var expense = exchange.Expenses![i];
            CountUsage(expense.Usage, expense.Cost, SeriesOf(exchange, expense.Candidate));
        }

        for (var i = 0; i < exchange.Losses.Kept.Count; i++)
        {
            series.CountLoss(exchange.Losses.Kept[i].Reason);
        }

        // Last: whoever sees that nothing runs finds everything counted.
        Interlocked.Decrement(ref _active);
    }

    private static void CountAnswer(Exchange exchange, double seconds, ModelSeries series)
    {
        if (exchange.Failure is { } failure)
        {
            series.CountError(failure.Status, ErrorTypes.Of(failure));
            if (failure.Kind == ErrorKind.ClientClosed)
            {
                Interlocked.Increment(ref series.Cancelled);
            }
        }
        else
        {
            Interlocked.Increment(ref series.Successes);
        }

        CountTimes(exchange, seconds, series);
        switch (exchange.Cache?.Hit)
        {
            case CacheHit.Equal:
                Interlocked.Increment(ref series.DirectHits);
                break;
            case CacheHit.Alike:
                Interlocked.Increment(ref series.SemanticHits);
                break;
            default:
                CountUsage(exchange.Facts.Usage, exchange.Cost, series);
                break;
        }
    }

    private static void CountTimes(Exchange exchange, double seconds, ModelSeries series)
    {
        if (exchange.HeadersMilliseconds is { } headers)
        {
            series.Latency.Observe(exchange.WantsStream ? headers / 1000 : seconds);
        }

        if (exchange.WantsStream && exchange.FirstTokenMilliseconds is { } first)
        {
            series.FirstToken.Observe(first / 1000);
            if (exchange.Failure is null && exchange.Facts.Usage.Output is > 1 and var tokens)
            {
                series.InterToken.Observe((seconds - (first / 1000)) / (tokens - 1));
            }
        }

        // Between attempts it is not work but waiting.
        if (exchange.Trail.Count == 1 && exchange.OverheadMilliseconds is { } overhead)
        {
            series.Overhead.Observe(overhead * 1000);
        }
    }

    private static void CountUsage(in Usage usage, Cost? cost, ModelSeries series)
    {
        Interlocked.Add(ref series.InputTokens, usage.Input ?? 0);
        Interlocked.Add(ref series.OutputTokens, usage.Output ?? 0);
        if (cost is not null)
        {
            Interlocked.Add(ref series.NanoDollars, (long)(cost.Total * 1_000_000_000m));
        }

        if (usage.IsEstimate)
        {
            Interlocked.Increment(ref series.Estimated);
        }
    }

    /// <summary>Attempts that called somebody are upstream requests; each but the first is a retry, on another key, or at somebody else.</summary>
    private static void CountTrail(Trail trail, ModelSeries series)
    {
        if (trail.Count == 0)
        {
            return;
        }

        var (calls, retries) = (IsCall(trail[0]) ? 1 : 0, 0);
        for (var i = 1; i < trail.Count; i++)
        {
            var (before, now) = (trail[i - 1], trail[i]);
            if (!IsCall(now))
            {
                continue;
            }

            calls++;
            if (before.Outcome == Outcomes.Outrun || now.Outcome == Outcomes.Outrun)
            {
                Interlocked.Increment(ref series.Hedges);
            }
            else if (before.Provider != now.Provider || before.Model != now.Model)
            {
                Interlocked.Increment(ref series.Fallbacks);
            }
            else
            {
                retries++;
                if (before.KeyName != now.KeyName)
                {
                    Interlocked.Increment(ref series.KeyRotations);
                }
            }
        }

        Interlocked.Add(ref series.Upstream, calls);
        series.Retries.Observe(retries);
    }

    private static bool IsCall(in TrailEntry entry) =>
        entry.Outcome is not (Outcomes.Skipped or Outcomes.Limited or Outcomes.QueueFull or Outcomes.Untranslatable or Outcomes.Cached);

    /// <summary>The path label is the route's template: what callers write into it must not grow the set.</summary>
    private HttpSeries HttpOf(Exchange exchange) =>
        exchange.Route.Template.Length > 0 ? exchange.Route.Series ??= FindHttp(exchange) : FindHttp(exchange);

    private HttpSeries FindHttp(Exchange exchange)
    {
        var template = exchange.Template is { Length: > 0 } known ? known : Other;
        if (!_http.TryGetValue(template, out var series))
        {
            var labels = new StringBuilder();
            MetricLabels.Append(labels, "path", template);
            MetricLabels.Append(labels, "method", exchange.Http.Request.Method);
            series = _http.GetOrAdd(template, static (_, text) => new HttpSeries(text), labels.ToString());
        }

        return series;
    }

    private ModelSeries SeriesOf(Exchange exchange, Candidate? candidate)
    {
        // Where the model alone makes the series, it is remembered beside the model.
        if (candidate is null || exchange.Snapshot.Config.Client.PrometheusLabels.Count > 0)
        {
            return FindSeries(exchange, candidate);
        }

        return exchange.WantsStream ? candidate.Memo.StreamSeries ??= FindSeries(exchange, candidate) : candidate.Memo.WholeSeries ??= FindSeries(exchange, candidate);
    }

    private ModelSeries FindSeries(Exchange exchange, Candidate? candidate)
    {
        var provider = candidate?.Provider.Name ?? "";
        var model = candidate is null ? "" : candidate.Model;
        var type = RequestTypes.Of(exchange.Route, exchange.WantsStream);
        var dimensions = exchange.Snapshot.Config.Client.PrometheusLabels;
        var key = dimensions.Count == 0 ? model : Dimensions(exchange, dimensions, model);
        var types = _models.GetOrAdd(provider, static _ => new(StringComparer.Ordinal)).GetOrAdd(type, static _ => new(StringComparer.Ordinal));
        if (types.TryGetValue(key, out var series))
        {
            return series;
        }

        if (Interlocked.Increment(ref _series) > MostSeries)
        {
            Interlocked.Decrement(ref _series);
            (model, key) = (Other, Other);
        }

        return types.GetOrAdd(key, static (key, facts) => new ModelSeries(Labels(facts.provider, facts.model, facts.type, key)), (provider, model, type));
    }

    /// <summary>The model and what the caller's x-bf-dim-* headers say of the configured dimensions (x-bf-prom-* is their old name).</summary>
    private static string Dimensions(Exchange exchange, IReadOnlyList<string> dimensions, string model)
    {
        var text = new StringBuilder();
        MetricLabels.Append(text, "model", model);
        foreach (var dimension in dimensions)
        {
            var headers = exchange.Http.Request.Headers;
            var value = headers.TryGetValue("x-bf-dim-" + dimension, out var named) ? named.ToString() : headers["x-bf-prom-" + dimension].ToString();
            MetricLabels.Append(text, MetricLabels.Name(dimension), value);
        }

        return text.ToString();
    }

    private static string Labels(string provider, string model, string type, string key)
    {
        var text = new StringBuilder();
        MetricLabels.Append(text, "provider", provider);
        MetricLabels.Append(text, "method", type);
        if (key == model)
        {
            MetricLabels.Append(text, "model", model);
        }
        else
        {
            text.Append(',').Append(key);
        }

        return text.ToString();
    }
}
