using System.Text.Json;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>What a histogram shows of each span of time.</summary>
internal enum LogFigure
{
    Requests,
    Tokens,
    Cost,
    Latency,
}

/// <summary>
/// GET /api/logs/histogram and what is below it: figures over time as Bifrost's dashboards plot them (paths, lengths of the spans and empty
/// ones as in its transports/bifrost-http/handlers/logging.go, shapes as in its framework/logstore/tables.go).
/// </summary>
internal sealed class LogHistograms(LogApi api)
{
    /// <summary>Spans without entries are only filled in up to here: a range of millennia is a mistake.</summary>
    private const long MostFilled = 10_000;

    /// <summary>Figures of all entries together.</summary>
    public Task AllAsync(HttpContext http, LogFigure figure) => AnswerAsync(http, figure, LogGrouping.None);

    public Task ByModelAsync(HttpContext http, LogFigure figure) => AnswerAsync(http, figure, new(LogGroup.Model, "by_model", "models", ""));

    public Task ByProviderAsync(HttpContext http, LogFigure figure) => AnswerAsync(http, figure, new(LogGroup.Provider, "by_provider", "providers", ""));

    /// <summary>By what ?dimension= names. Bifrost knows teams, customers, users and business units besides, which the log here does not.</summary>
    public Task ByDimensionAsync(HttpContext http, LogFigure figure)
    {
        var dimension = http.Request.Query["dimension"].ToString();
        LogGroup? group = dimension switch
        {
            "provider" => LogGroup.Provider,
            "model" => LogGroup.Model,
            "virtual_key_id" => LogGroup.VirtualKey,
            _ => null,
        };
        return group is { } known ? AnswerAsync(http, figure, new(known, "by_dimension", "dimension_values", dimension))
            : LogApi.ErrorAsync(http, StatusCodes.Status400BadRequest, "dimension must be one of provider, model, virtual_key_id.");
    }

    /// <summary>As Bifrost's calculateBucketSize.</summary>
    internal static TimeSpan BucketOf(LogFilter filter) => filter is not { From: { } from, To: { } to } ? TimeSpan.FromHours(1) : (to - from).TotalHours switch
    {
        >= 365 * 24 => TimeSpan.FromDays(30),
        >= 90 * 24 => TimeSpan.FromDays(7),
        > 31 * 24 => TimeSpan.FromDays(3),
        >= 7 * 24 => TimeSpan.FromDays(1),
        >= 3 * 24 => TimeSpan.FromHours(8),
        >= 24 => TimeSpan.FromHours(1),
        >= 2 => TimeSpan.FromMinutes(10),
        _ => TimeSpan.FromMinutes(1),
    };

    private async Task AnswerAsync(HttpContext http, LogFigure figure, LogGrouping grouping)
    {
        if (await api.StoreAsync(http) is not { } store || await api.QueryAsync(http) is not { Filter: var filter })
        {
            return;
        }

        var query = new LogStatsQuery
        {
            Filter = filter, Bucket = BucketOf(filter), Group = grouping.Group, CountsCacheReads = figure == LogFigure.Tokens && grouping.Group == LogGroup.None,
        };
        var sums = await store.LogStatsAsync(query);
        await (sums.IsDone ? LogApi.WriteAsync(http, json => Write(json, figure, grouping, query, sums.Value)) : LogApi.FaultAsync(http, sums.Fault));
    }

    private static void Write(Utf8JsonWriter json, LogFigure figure, LogGrouping grouping, LogStatsQuery query, IReadOnlyList<LogBucket> sums)
    {
        json.WriteStartObject();
        json.WriteStartArray("buckets"u8);
        var at = 0;
        foreach (var start in Starts(query, sums))
        {
            var end = at;
            while (end < sums.Count && sums[end].Start == start)
            {
                end++;
            }

            json.WriteStartObject();
            json.WriteString("timestamp"u8, start.UtcDateTime);
            if (grouping.Group == LogGroup.None)
            {
                LogFigures.Write(json, figure, end > at ? sums[at] : new LogBucket { Start = start });
            }
            else
            {
                LogFigures.WriteGroups(json, figure, grouping.Member, [.. sums.Skip(at).Take(end - at)]);
            }

            json.WriteEndObject();
            at = end;
        }

        json.WriteEndArray();
        json.WriteNumber("bucket_size_seconds"u8, (long)query.Bucket.TotalSeconds);
        WriteNames(json, grouping, sums);
        json.WriteEndObject();
    }

    /// <summary>Every span of the range that was asked for, those without entries too; without a range those with entries.</summary>
    private static IEnumerable<DateTimeOffset> Starts(LogStatsQuery query, IReadOnlyList<LogBucket> sums)
    {
        if (query.Filter is not { From: { } from, To: { } to } || (to - from) / query.Bucket > MostFilled)
        {
            return sums.Select(static sum => sum.Start).Distinct();
        }

        var step = (long)query.Bucket.TotalMilliseconds;
        var first = from.ToUnixTimeMilliseconds() / step;
        var last = to.ToUnixTimeMilliseconds() / step;
        return Enumerable.Range(0, (int)Math.Max(0, last - first + 1)).Select(number => DateTimeOffset.FromUnixTimeMilliseconds((first + number) * step));
    }

    private static void WriteNames(Utf8JsonWriter json, LogGrouping grouping, IReadOnlyList<LogBucket> sums)
    {
        if (grouping.Group == LogGroup.None)
        {
            return;
        }

        if (grouping.Dimension.Length > 0)
        {
            json.WriteString("dimension"u8, grouping.Dimension);
        }

        json.WriteStartArray(grouping.List);
        foreach (var name in new SortedSet<string>(sums.Select(static sum => sum.Group), StringComparer.Ordinal))
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    /// <summary>How groups are called in the answer.</summary>
    /// <param name="Group">What they are.</param>
    /// <param name="Member">Each bucket's member that has them.</param>
    /// <param name="List">The member with all their names.</param>
    /// <param name="Dimension">What ?dimension= said, which is repeated.</param>
    private sealed record LogGrouping(LogGroup Group, string Member, string List, string Dimension)
    {
        public static readonly LogGrouping None = new(LogGroup.None, "", "", "");
    }
}
