using System.Globalization;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>
/// What GET /api/logs and its neighbours answer: parameters and shapes as in Bifrost (its transports/bifrost-http/handlers/logging.go),
/// with the gateway's own facts beside them.
/// </summary>
internal sealed class LogApi(Stores stores, RequestLog log, TimeProvider clock)
{
    /// <summary>Entries an export reads at once.</summary>
    private const int ExportPage = 1000;

    /// <summary>Lengths of a bucket; the first that gives at most this many is taken.</summary>
    private static readonly int[] BucketSeconds = [60, 300, 900, 3600, 21_600, 86_400, 604_800];

    private const int MostBuckets = 100;

    private const int MostDeleted = 1000;

    private const string Sealed = "content_search finds nothing in contents that are sealed with encryption_key.";

    private const int MostDeleteBytes = 1 << 20;

    public async Task ListAsync(HttpContext http)
    {
        if (await StoreAsync(http) is not { } store || await QueryAsync(http) is not { } query)
        {
            return;
        }

        var result = await store.QueryLogsAsync(query);
        if (!result.IsDone)
        {
            await FaultAsync(http, result.Fault);
            return;
        }

        await WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("logs"u8);
            foreach (var entry in result.Value.Entries)
            {
                LogJson.Write(json, entry);
            }

            json.WriteEndArray();
            LogJson.WritePagination(json, query, result.Value.Total!.Requests);
            json.WriteStartObject("stats"u8);
            LogJson.WriteTotals(json, result.Value.Total);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    public async Task OneAsync(HttpContext http, string id)
    {
        if (await StoreAsync(http) is not { } store)
        {
            return;
        }

        var result = await store.GetLogAsync(id);
        if (!result.IsDone)
        {
            await FaultAsync(http, result.Fault);
        }
        else if (result.Value is not { } entry)
        {
            await ErrorAsync(http, StatusCodes.Status404NotFound, $"There is no log entry \"{id}\".");
        }
        else
        {
            await WriteAsync(http, json => LogJson.Write(json, entry, withContent: true));
        }
    }

    public async Task StatsAsync(HttpContext http)
    {
        if (await StoreAsync(http) is not { } store || await QueryAsync(http) is not { } query)
        {
            return;
        }

        var to = query.Filter.To ?? clock.GetUtcNow();
        var filter = query.Filter with { From = query.Filter.From ?? to.AddDays(-1) };
        var bucket = Bucket(http, to - filter.From.Value);
        var totals = await store.QueryLogsAsync(query with { Filter = filter, Limit = 1, Offset = 0, CountsTotal = true });
        var buckets = await store.LogStatsAsync(new LogStatsQuery { Filter = filter, Bucket = bucket });
        if ((totals.Fault ?? buckets.Fault) is { } fault)
        {
            await FaultAsync(http, fault);
            return;
        }

        await WriteAsync(http, json =>
        {
            json.WriteStartObject();
            LogJson.WriteTotals(json, totals.Value.Total!);
            json.WriteNumber("bucket_size_seconds"u8, (long)bucket.TotalSeconds);
            LogJson.WriteBuckets(json, buckets.Value);
            json.WriteEndObject();
        });
    }

    public Task DroppedAsync(HttpContext http) => WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("dropped_requests"u8, log.Dropped);
        json.WriteNumber("dropped_contents"u8, log.DroppedContents);
        json.WriteNumber("waiting"u8, log.Waiting);
        json.WriteNumber("written"u8, log.Written);
        json.WriteEndObject();
    });

    /// <summary>What the last thirty days can be filtered by, as Bifrost's filter menus want it.</summary>
    public async Task FilterDataAsync(HttpContext http)
    {
        if (await StoreAsync(http) is not { } store)
        {
            return;
        }

        var result = await store.LogValuesAsync(new LogFilter { From = clock.GetUtcNow().AddDays(-30) });
        await (result.IsDone ? WriteAsync(http, json => LogJson.WriteValues(json, result.Value)) : FaultAsync(http, result.Fault));
    }

    /// <summary>DELETE with {"ids": [...]}.</summary>
    public async Task DeleteAsync(HttpContext http)
    {
        if (await StoreAsync(http) is not { } store)
        {
            return;
        }

        var read = await RequestBody.ReadAsync(http.Request, MostDeleteBytes, http.RequestAborted);
        using var body = read.Body;
        var ids = body is null ? [] : Ids(body.Memory);
        if (ids.Count is 0 or > MostDeleted)
        {
            await ErrorAsync(http, StatusCodes.Status400BadRequest, $"The body must be {{\"ids\": [...]}} with 1 to {MostDeleted} ids of entries.");
            return;
        }

        var result = await store.DeleteLogsAsync(ids);
        await (result.IsDone ? WriteAsync(http, json => LogJson.WriteDeleted(json, result.Value)) : FaultAsync(http, result.Fault));
    }

    /// <summary>All that match, newest first, one JSON object a line.</summary>
    public async Task ExportAsync(HttpContext http)
    {
        if (await StoreAsync(http) is not { } store || await QueryAsync(http) is not { } query)
        {
            return;
        }

        query = query with { Limit = ExportPage, Offset = 0, CountsTotal = false, Order = LogOrder.Time, Ascending = false };
        http.Response.ContentType = "application/x-ndjson";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"logs.jsonl\"";
        while (true)
        {
            var result = await store.QueryLogsAsync(query);
            if (!result.IsDone)
            {
                // A file that merely ends early would look whole.
                http.Abort();
                return;
            }

            using var page = new PooledBuffer();
            foreach (var entry in result.Value.Entries)
            {
                using var json = new Utf8JsonWriter(page);
                LogJson.Write(json, entry);
                json.Flush();
                page.GetSpan(1)[0] = (byte)'\n';
                page.Advance(1);
            }

            await http.Response.BodyWriter.WriteAsync(page.Memory, http.RequestAborted);
            if (result.Value.Entries is not { Count: ExportPage } entries)
            {
                return;
            }

            query = query with { Before = entries[^1].Sequence };
        }
    }

    private static List<string> Ids(ReadOnlyMemory<byte> body)
    {
        var ids = new List<string>();
        var elements = new JsonElements(JsonPick.Member(body, "ids"u8).Span);
        while (elements.MoveNext())
        {
            if (elements.Kind == JsonTokenType.String)
            {
                ids.Add(JsonEscapes.Decode(elements.Raw[1..^1]));
            }
        }

        return ids;
    }

    private static TimeSpan Bucket(HttpContext http, TimeSpan range)
    {
        if (int.TryParse(http.Request.Query["bucket_size_seconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked)
            && asked > 0 && range.TotalSeconds / asked <= 10_000)
        {
            return TimeSpan.FromSeconds(asked);
        }

        foreach (var seconds in BucketSeconds)
        {
            if (range.TotalSeconds / seconds <= MostBuckets)
            {
                return TimeSpan.FromSeconds(seconds);
            }
        }

        return TimeSpan.FromSeconds(BucketSeconds[^1]);
    }

    public async Task<IStore?> StoreAsync(HttpContext http)
    {
        if (stores.Logs is null)
        {
            await ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, "There is no logs store: give the gateway an app directory, or logs_store in config.json.");
        }

        return stores.Logs;
    }

    public Task<LogQuery?> QueryAsync(HttpContext http) => QueryAsync(http, http.Request.Query);

    /// <summary>What is asked for; null where that was refused.</summary>
    public async Task<LogQuery?> QueryAsync(HttpContext http, IQueryCollection parameters)
    {
        var reading = new LogQueryReader(parameters, clock.GetUtcNow());
        var query = reading.Read();
        var complaint = reading.Complaint ?? (query.Filter.Content.Length > 0 && stores.AreLogsSealed ? Sealed : null);
        if (complaint is null)
        {
            return query;
        }

        await ErrorAsync(http, StatusCodes.Status400BadRequest, complaint);
        return null;
    }

    public static Task FaultAsync(HttpContext http, StoreFault fault) =>
        ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, "The logs store did not answer: " + fault.Message);

    public static Task ErrorAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        return WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("is_bifrost_error"u8, true);
            json.WriteNumber("status_code"u8, status);
            json.WriteStartObject("error"u8);
            json.WriteString("message"u8, message);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    public static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        using var body = new PooledBuffer();
        using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body.Memory, http.RequestAborted);
    }
}
