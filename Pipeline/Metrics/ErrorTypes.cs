using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Metrics;

/// <summary>Bifrost's closed set of error types (docs/features/observability/prometheus), so that the label stays bounded.</summary>
internal static class ErrorTypes
{
    public static string Of(GatewayError error) => error.Type switch
    {
        "model_blocked" => "policy_model_blocked",
        "provider_blocked" => "policy_provider_blocked",
        "virtual_key_required" or "access_not_found" or "access_blocked" => "policy_access_denied",
        "budget_exceeded" => "policy_budget_exceeded",
        "rate_limited" or "token_limited" or "request_limited" => "policy_rate_limited",
        "mcp_tool_blocked" => "policy_tool_blocked",
        "upstream_credentials_exhausted" => "provider_credentials_exhausted",
        _ when ReferenceEquals(error.Message, CandidateCall.QueueFullMessage) => "bifrost_dropped",
        _ when error.Provider is not null => OfProvider(error.Kind),
        _ => OfGateway(error),
    };

    private static string OfProvider(ErrorKind kind) => kind switch
    {
        ErrorKind.Authentication or ErrorKind.Permission => "provider_auth_failed",
        ErrorKind.Billing => "provider_billing",
        ErrorKind.RateLimit => "provider_rate_limited",
        ErrorKind.Overloaded or ErrorKind.Unavailable => "provider_overloaded",
        ErrorKind.Timeout => "provider_timeout",
        ErrorKind.BadGateway => "provider_connection_failed",
        ErrorKind.Server => "provider_server_error",
        ErrorKind.NotFound => "caller_model_not_available",
        ErrorKind.ClientClosed => "caller_cancelled",
        _ => "caller_invalid_request",
    };

    private static string OfGateway(GatewayError error) => error.Kind switch
    {
        ErrorKind.ClientClosed => "caller_cancelled",
        ErrorKind.NotFound => "caller_model_unknown",
        ErrorKind.InvalidRequest when error.Param == "model" => "caller_model_unknown",
        ErrorKind.InvalidRequest or ErrorKind.TooLarge or ErrorKind.UnsupportedMedia or ErrorKind.MethodNotAllowed => "caller_invalid_request",
        ErrorKind.Authentication or ErrorKind.Permission => "policy_access_denied",
        ErrorKind.RateLimit or ErrorKind.Overloaded or ErrorKind.Unavailable => "bifrost_dropped",
        ErrorKind.Timeout => "provider_timeout",
        ErrorKind.BadGateway => "provider_connection_failed",
        ErrorKind.Server => "bifrost_internal",
        _ => "_OTHER",
    };
}
