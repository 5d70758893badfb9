using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Admission;

/// <summary>Asks every caller: which headers are missing, whose key is this, may it be used now.</summary>
internal sealed class Gatekeeper(VirtualKeys keys, TimeProvider clock)
{
    /// <summary>
    /// Who calls. Null with a key: it may go on. Null without: nobody has to show one. A key that is shown must be good even
    /// where none is asked for: its owner believes in its limits.
    /// </summary>
    public GatewayError? Admit(HttpContext http, ClientConfig client, out VirtualKey? caller)
    {
        caller = null;
        var headers = http.Request.Headers;
        if (client.RequiredHeaders.Count > 0 && Missing(headers, client.RequiredHeaders) is { Length: > 0 } missing)
        {
            return Refusals.MissingHeaders(missing);
        }

        if (PresentedKey.Find(headers) is not { } value)
        {
            return client.EnforceAuthOnInference ? Refusals.KeyRequired : null;
        }

        if (keys.Book.Find(value) is not { } key)
        {
            return Refusals.NotFound;
        }

        caller = key;
        return key.Refusal(clock.GetUtcNow());
    }

    /// <summary>The same for an exchange, behind which may be nobody but the owner of a job.</summary>
    public GatewayError? Admit(Exchange exchange, out VirtualKey? caller) => exchange.Detached is { } detached
        ? AdmitOwner(detached.VirtualKeyId, out caller)
        : Admit(exchange.Http, exchange.Snapshot.Config.Client, out caller);

    /// <summary>The owner of a job showed his key when he submitted it; by now it may be gone or blocked.</summary>
    private GatewayError? AdmitOwner(string id, out VirtualKey? caller)
    {
        caller = id.Length > 0 ? keys.Book.FindId(id) : null;
        return id.Length == 0 ? null : caller is null ? Refusals.NotFound : caller.Refusal(clock.GetUtcNow());
    }

    private static string Missing(IHeaderDictionary headers, IReadOnlyList<string> required)
    {
        var missing = "";
        foreach (var name in required)
        {
            if (!headers.ContainsKey(name))
            {
                missing += (missing.Length > 0 ? ", " : "") + name;
            }
        }

        return missing;
    }
}
