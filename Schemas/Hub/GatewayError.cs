namespace BifrostLite.Schemas.Hub;

/// <summary>The common meaning of a failure; each dialect has its own word and status for it.</summary>
internal enum ErrorKind
{
    InvalidRequest,
    Authentication,
    Permission,
    NotFound,
    MethodNotAllowed,
    TooLarge,
    UnsupportedMedia,
    RateLimit,
    Billing,
    Overloaded,
    Unavailable,
    Timeout,

    /// <summary>The upstream broke its own wire format, cut a stream, or could not be reached.</summary>
    BadGateway,
    Server,

    /// <summary>The caller went away; never written, only logged (499).</summary>
    ClientClosed,
}

/// <summary>
/// A failure on its way to the caller, to be written in the caller's dialect. Never holds a secret.
/// </summary>
/// <param name="Status">HTTP status to answer with.</param>
/// <param name="Kind">The common meaning.</param>
/// <param name="Message">For a person; says what to do where the gateway knows.</param>
internal sealed record GatewayError(int Status, ErrorKind Kind, string Message)
{
    /// <summary>The upstream's own error type or code words, kept where the dialect has a slot for them.</summary>
    public string? Type { get; init; }

    public string? Code { get; init; }

    /// <summary>The request field that is wrong, as a JSON path without the leading "$.".</summary>
    public string? Param { get; init; }

    /// <summary>Provider that failed; null where the gateway itself refused.</summary>
    public string? Provider { get; init; }

    /// <summary>What was asked and of which model, where the caller's route tells that (extra_fields).</summary>
    public string? RequestType { get; init; }

    public string? ModelRequested { get; init; }

    public static GatewayError Invalid(string message, string? param = null) => new(400, ErrorKind.InvalidRequest, message) { Param = param };

    public static GatewayError Upstream(string message, string? provider = null) => new(502, ErrorKind.BadGateway, message) { Provider = provider };
}
