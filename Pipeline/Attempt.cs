using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline;

/// <summary>
/// What one candidate came to before anything was committed: an answer to relay, or a failure that another candidate may
/// make good.
/// </summary>
internal sealed record Attempt
{
    /// <summary>2xx and, for streams, a first frame that is no error. Disposed by the gateway after the relay.</summary>
    public UpstreamAnswer? Answer { get; init; }

    public GatewayError? Error { get; init; }

    /// <summary>The upstream's own error body where it already is in the caller's dialect.</summary>
    public ReadOnlyMemory<byte> OwnErrorBody { get; init; }

    /// <summary>Retry-After and the like, to be passed on with the error.</summary>
    public HttpResponseMessage? ErrorResponse { get; init; }

    /// <summary>The request itself is at fault: no other candidate would take it.</summary>
    public bool IsFinal { get; init; }

    public static Attempt Failed(GatewayError error, bool isFinal = false) => new() { Error = error, IsFinal = isFinal };
}
