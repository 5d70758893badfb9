using System.Globalization;
using System.Text;
using BifrostLite.Pipeline.Extras;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>Writes failures before the first byte: the dialect's envelope with the real status.</summary>
internal static class GatewayErrors
{
    /// <summary>nginx's word for a caller that went away; only ever logged.</summary>
    public const int ClientClosedStatus = 499;

    /// <summary>An error message stays readable: more losses than this are only counted.</summary>
    private const int MaxNamedLosses = 8;

    public static readonly GatewayError ClientClosed = new(ClientClosedStatus, ErrorKind.ClientClosed, "The caller closed the connection.");

    public static readonly GatewayError Internal = new(500, ErrorKind.Server, "The gateway failed to handle this request; its log has the details.");

    /// <summary>Every key of a provider was refused (contract 1.5).</summary>
    public static GatewayError CredentialsExhausted(string provider, int keys) =>
        new(502, ErrorKind.BadGateway, $"Provider \"{provider}\" refused all {keys} keys that may serve this model: check them, and their credit.")
        {
            Provider = provider,
            Type = "upstream_credentials_exhausted",
        };

    /// <summary>An exchange's failure; the unified routes tell what was asked.</summary>
    public static Task WriteAsync(Exchange exchange, GatewayError error)
    {
        if (exchange.Route.IsUnified)
        {
            error = error with
            {
                RequestType = RequestTypes.Of(exchange.Route, exchange.WantsStream),
                ModelRequested = exchange.Model,
            };
        }

        return WriteAsync(exchange.Http, exchange.Route.Dialect, error);
    }

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
        var named = new StringBuilder();
        for (var i = 0; i < Math.Min(losses.Kept.Count, MaxNamedLosses); i++)
        {
            named.Append(i > 0 ? "; " : "").Append(losses.Kept[i].Path).Append(" (").Append(losses.Kept[i].Reason).Append(')');
        }

        var left = losses.Count - MaxNamedLosses;
        var more = left > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {left} more") : "";
        return GatewayError.Invalid($"Strict translation is on and provider \"{provider}\" cannot take: {named}{more}.", losses.Kept[0].Path);
    }
}
