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
        var step = (long)query.Bucket.TotalMilliseconds;
        var (next, last) = Range(query, step);
        for (var at = 0; at < sums.Count || next <= last;)
        {
            var start = next;
            if (next > last || (at < sums.Count && sums[at].Start.ToUnixTimeMilliseconds() < next))
            {
                start = sums[at].Start.ToUnixTimeMilliseconds();
            }
            else
            {
                next += step;
            }

            var end = at;
            while (end < sums.Count && sums[end].Start.ToUnixTimeMilliseconds() == start)
            {
                end++;
            }

            WriteSpan(json, figure, grouping, start, sums, at..end);
            at = end;
        }

        json.WriteEndArray();
        json.WriteNumber("bucket_size_seconds"u8, step / 1000);
        WriteNames(json, grouping, sums);
        json.WriteEndObject();
    }

    private static void WriteSpan(Utf8JsonWriter json, LogFigure figure, LogGrouping grouping, long start, IReadOnlyList<LogBucket> sums, Range entries)
    {
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(start);
        json.WriteStartObject();
        json.WriteString("timestamp"u8, moment.UtcDateTime);
        if (grouping.Group != LogGroup.None)
        {
            LogFigures.WriteGroups(json, figure, grouping.Member, sums, entries);
        }
        else
        {
            LogFigures.Write(json, figure, entries.Start.Value < entries.End.Value ? sums[entries.Start.Value] : new LogBucket { Start = moment });
        }

        json.WriteEndObject();
    }

    /// <summary>Of the range that was asked for every span is told, those without entries too; without a range only those with entries.</summary>
    private static (long First, long Last) Range(LogStatsQuery query, long step) =>
        query.Filter is { From: { } from, To: { } to } && (to - from) / query.Bucket <= MostFilled
            ? (from.ToUnixTimeMilliseconds() / step * step, to.ToUnixTimeMilliseconds() / step * step) : (0, -1);

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

        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var sum in sums)
        {
            names.Add(sum.Group);
        }

        json.WriteStartArray(grouping.List);
        foreach (var name in names)
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
