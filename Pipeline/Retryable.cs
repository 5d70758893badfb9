using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline;

/// <summary>Which failures another candidate may make good.</summary>
internal static class Retryable
{
    /// <summary>A request that one provider calls wrong would be wrong everywhere; everything else is worth the next candidate.</summary>
    public static bool Elsewhere(GatewayError error) => error.Status is not (400 or 404 or 413 or 415 or 422 or GatewayErrors.ClientClosedStatus);
}
