using System.Globalization;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>Writes failures before the first byte: the dialect's envelope with the real status.</summary>
internal static class GatewayErrors
{
    /// <summary>nginx's word for a caller that went away; only ever logged.</summary>
    public const int ClientClosedStatus = 499;

    public static readonly GatewayError ClientClosed = new(ClientClosedStatus, ErrorKind.ClientClosed, "The caller closed the connection.");

    public static readonly GatewayError Internal = new(500, ErrorKind.Server, "The gateway failed to handle this request; its log has the details.");

    public static Task WriteAsync(HttpContext http, Dialect dialect, GatewayError error)
    {
        using var body = new PooledBuffer(512);
        dialect.WriteError(error, body);
        return WriteBodyAsync(http, error.Status, body.Memory.ToArray());
    }

    /// <summary>An error body that already is in the caller's dialect.</summary>
    public static async Task WriteBodyAsync(HttpContext http, int status, ReadOnlyMemory<byte> body)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    /// <summary>The refusal of a strict caller whose request cannot be translated whole.</summary>
    public static GatewayError Strict(Losses losses, string provider)
    {
        var named = string.Join("; ", losses.Kept.Take(8).Select(l => $"{l.Path} ({l.Reason})"));
        var more = losses.Count > 8 ? string.Create(CultureInfo.InvariantCulture, $" and {losses.Count - 8} more") : "";
        return GatewayError.Invalid($"Strict translation is on and provider \"{provider}\" cannot take: {named}{more}.", losses.Kept[0].Path);
    }
}
