using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Pipeline.Admission.Signed;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Admission;

/// <summary>Asks every caller: which headers are missing, whose key is this, may it be used now.</summary>
internal sealed class Gatekeeper(VirtualKeys keys, LimitLedger ledger, TimeProvider clock)
{
    private readonly SignatureCheck _signatures = new(clock);

    /// <summary>Asks the caller of an exchange and notes who it is and what limits it.</summary>
    public GatewayError? Admit(Exchange exchange)
    {
        // Behind an exchange may be nobody but the owner of a job.
        SignedRequest? signed = null;
        var refusal = exchange.Detached is { } detached
            ? AdmitOwner(detached.VirtualKeyId, out var caller)
            : Admit(exchange.Http.Request, exchange.Marks, exchange.Snapshot.Config.Client, out caller, out signed);
        exchange.Signed = signed;
        exchange.VirtualKey = caller;
        var models = keys.Models;
        if ((caller is { HasLimits: true } || !models.IsEmpty) && refusal is null)
        {
            exchange.Limits = new LimitUse(caller, models, ledger, clock);
        }

        return refusal;
    }

    /// <summary>What is wrong with the signature of a request that is signed, now that its body is here; null for all others.</summary>
    public GatewayError? CheckSignature(Exchange exchange) =>
        exchange.Signed is { } signed ? _signatures.Verify(exchange.Http.Request, exchange.Body!.Span, signed) : null;

    /// <summary>Asks the caller of a request without a body.</summary>
    public GatewayError? Admit(HttpContext http, ClientConfig client, out VirtualKey? caller) =>
        Admit(http.Request, HeaderMarks.All, client, out caller, out var signed) ?? (signed is null ? null : _signatures.Verify(http.Request, default, signed));

    /// <summary>
    /// Who calls. Null with a key: it may go on. Null without: nobody has to show one. A key that is shown must be good even
    /// where none is asked for: its owner believes in its limits.
    /// </summary>
    private GatewayError? Admit(HttpRequest request, HeaderMarks marks, ClientConfig client, out VirtualKey? caller, out SignedRequest? signed)
    {
        var headers = request.Headers;
        caller = null;
        signed = null;
        if (client.RequiredHeaders.Count > 0 && Missing(headers, client.RequiredHeaders) is { Length: > 0 } missing)
        {
            return Refusals.MissingHeaders(missing);
        }

        if (PresentedKey.Find(headers, marks, out signed) is not { } value)
        {
            return client.EnforceAuthOnInference && !client.IsOpen(request.Path) ? Refusals.KeyRequired : null;
        }

        if (keys.Book.Find(value) is not { } key)
        {
            return Refusals.NotFound;
        }

        caller = key;
        return key.Refusal(clock.GetUtcNow());
    }

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
