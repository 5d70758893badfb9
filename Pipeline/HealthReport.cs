using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline;

/// <summary>
/// What GET /health answers. A broken store costs what it would have kept, not the service: it is told as "degraded", with status 200, so
/// that no supervisor ends a gateway that still serves. The words of the fault may name files and hosts, so only its kind is told.
/// </summary>
internal sealed class HealthReport(Stores stores, ConfigSource config)
{
    public async Task WriteAsync(HttpContext http)
    {
        using var body = new PooledBuffer();
        using (var json = new Utf8JsonWriter(body))
        {
            Write(json);
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body.Memory, http.RequestAborted);
    }

    private void Write(Utf8JsonWriter json)
    {
        var isQuiet = config.Current.Client.DisableDbPingsInHealth || (stores.State is null && stores.Logs is null);
        var isWell = isQuiet || (stores.State?.Health.Fault is null && stores.Logs?.Health.Fault is null);
        json.WriteStartObject();
        json.WriteString("status"u8, isWell ? "ok"u8 : "degraded"u8);
        if (!isQuiet)
        {
            json.WriteStartObject("components"u8);
            Write(json, "config_store"u8, stores.State);
            Write(json, "logs_store"u8, stores.Logs);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IStore? store)
    {
        if (store?.Health is not { } health)
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("engine"u8, health.Engine);
        json.WriteString("status"u8, health.Fault?.Kind switch
        {
            null => "ok"u8,
            StoreFaultKind.Unavailable => "unavailable"u8,
            StoreFaultKind.Full => "full"u8,
            StoreFaultKind.ReadOnly => "read_only"u8,
            StoreFaultKind.Locked => "locked"u8,
            StoreFaultKind.Corrupt => "corrupt"u8,
            StoreFaultKind.Overloaded => "overloaded"u8,
            _ => "failed"u8,
        });
        json.WriteNumber("queue"u8, health.Queue);
        json.WriteNumber("failures"u8, health.Failures);
        json.WriteNumber("mean_milliseconds"u8, health.Calls == 0 ? 0 : Math.Round(health.Seconds * 1000 / health.Calls, 3));
        json.WriteEndObject();
    }
}
