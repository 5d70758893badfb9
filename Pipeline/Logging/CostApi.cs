using System.Text.Json;
using BifrostLite.Schemas.Wire;
using Microsoft.Extensions.Primitives;

namespace BifrostLite.Pipeline.Logging;

/// <summary>
/// POST /api/logs/recalculate-cost, and how that goes: paths, statuses and shapes as in Bifrost (its transports/bifrost-http/handlers/logging.go).
/// One runs at a time; the last one is remembered until the gateway stops.
/// </summary>
internal sealed class CostApi(LogApi api, SnapshotSource snapshots, TimeProvider clock)
{
    private const int MostBytes = 64 << 10;

    private readonly Lock _gate = new();
    private CostReview? _last;

    /// <summary>{"filters": {...}}, with the names of GET /api/logs; 202, or 409 where one runs.</summary>
    public async Task StartAsync(HttpContext http)
    {
        if (await api.StoreAsync(http) is not { } store)
        {
            return;
        }

        var read = await RequestBody.ReadAsync(http.Request, MostBytes, http.RequestAborted);
        using var body = read.Body;
        if (body is null || FiltersOf(body.Memory) is not { } filters)
        {
            await LogApi.ErrorAsync(http, StatusCodes.Status400BadRequest, "The body must be empty or {\"filters\": {...}}.");
            return;
        }

        if (await api.QueryAsync(http, filters) is not { } query)
        {
            return;
        }

        var review = new CostReview(store, snapshots.Current, query.Filter, clock);
        var isNew = false;
        lock (_gate)
        {
            if (_last is not { IsOver: false })
            {
                _last = review;
                isNew = true;
            }

            review = _last;
        }

        if (isNew)
        {
            _ = Task.Run(review.RunAsync);
        }

        http.Response.StatusCode = isNew ? StatusCodes.Status202Accepted : StatusCodes.Status409Conflict;
        await WriteAsync(http, review);
    }

    /// <summary>The one ?id= names, else the one that runs, else "idle".</summary>
    public Task StatusAsync(HttpContext http)
    {
        var id = http.Request.Query["id"].ToString();
        var last = _last;
        if (id.Length > 0)
        {
            return last?.Id == id ? WriteAsync(http, last) : LogApi.ErrorAsync(http, StatusCodes.Status404NotFound, "Job not found");
        }

        return WriteAsync(http, last is { IsOver: false } ? last : null);
    }

    /// <summary>Stops it; what it has written stays. One that is over is told as it is.</summary>
    public Task CancelAsync(HttpContext http)
    {
        var id = http.Request.Query["id"].ToString();
        if (_last is not { } last || (id.Length > 0 ? last.Id != id : last.IsOver))
        {
            return LogApi.ErrorAsync(http, StatusCodes.Status404NotFound, "No recalculation job to cancel");
        }

        last.Cancel();
        return WriteAsync(http, last);
    }

    /// <summary>Filters in JSON are those of the query string by name; lists are arrays there. Null where it is no such object.</summary>
    private static QueryCollection? FiltersOf(ReadOnlyMemory<byte> body)
    {
        var parameters = new Dictionary<string, StringValues>();
        try
        {
            using var document = JsonDocument.Parse(body.IsEmpty ? "{}"u8.ToArray() : body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            if (document.RootElement.TryGetProperty("filters"u8, out var filters) && filters.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in filters.EnumerateObject())
                {
                    parameters[member.Name] = TextOf(member.Value);
                }
            }

            return new QueryCollection(parameters);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ValueKind == JsonValueKind.Null ? "" : value.GetRawText();
        }

        var text = "";
        foreach (var one in value.EnumerateArray())
        {
            text += (text.Length > 0 ? "," : "") + TextOf(one);
        }

        return text;
    }

    private static Task WriteAsync(HttpContext http, CostReview? review) => LogApi.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        if (review is null)
        {
            json.WriteString("status"u8, "idle"u8);
            json.WriteEndObject();
            return;
        }

        json.WriteString("id"u8, review.Id);
        json.WriteString("status"u8, review.Status);
        json.WriteNumber("total"u8, review.Total);
        json.WriteNumber("processed"u8, review.Processed);
        json.WriteNumber("updated"u8, review.Updated);
        json.WriteNumber("skipped"u8, review.Unpriceable);
        json.WriteNumber("unpriceable"u8, review.Unpriceable);
        if (review.Trouble.Length > 0)
        {
            json.WriteString("last_error"u8, review.Trouble);
        }

        json.WriteString("started_at"u8, review.StartedAt.UtcDateTime);
        json.WriteString("updated_at"u8, review.UpdatedAt.UtcDateTime);
        json.WriteEndObject();
    });
}
