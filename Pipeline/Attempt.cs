using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline;

/// <summary>
/// What one candidate came to before anything was committed: an answer to relay, or a failure that another candidate may
/// make good.
/// </summary>
internal sealed record Attempt : IDisposable
{
    /// <summary>2xx and, for streams, a first frame that is no error.</summary>
    public UpstreamAnswer? Answer { get; init; }

    /// <summary>The request as it was sent for <see cref="Answer"/>.</summary>
    public PreparedRequest? Prepared { get; set; }

    /// <summary>Where the call still counts as running; left when it is disposed.</summary>
    public Gate? Gate { get; set; }

    public GatewayError? Error { get; init; }

    public FailureCause Cause { get; init; }

    /// <summary>What is to be done after the failure.</summary>
    public NextStep Step { get; set; }

    /// <summary>The upstream's own error body where it already is in the caller's dialect.</summary>
    public ReadOnlyMemory<byte> OwnErrorBody { get; init; }

    /// <summary>Retry-After and the like, to be passed on with the error.</summary>
    public HttpResponseMessage? ErrorResponse { get; init; }

    /// <summary>How long the error's body says to stay away; headers are in <see cref="ErrorResponse"/>.</summary>
    public TimeSpan? BodyWait { get; init; }

    /// <summary>The request itself is at fault: no other candidate would take it.</summary>
    public bool IsFinal { get; init; }

    public static Attempt Failed(GatewayError error, FailureCause cause, bool isFinal = false) => new() { Error = error, Cause = cause, IsFinal = isFinal };

    public void Dispose()
    {
        Answer?.Dispose();
        Prepared?.Dispose();
        ErrorResponse?.Dispose();
        Gate?.Leave();
        Gate = null;
    }
}
