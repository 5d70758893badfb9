using BifrostLite.Pipeline.Metrics;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Pipeline.Metrics;

public sealed class ErrorTypesTests
{
    private static readonly string[] Closed =
    [
        "caller_model_not_available", "caller_model_unknown", "caller_invalid_request", "caller_cancelled", "policy_model_blocked", "policy_provider_blocked",
        "policy_access_denied", "policy_budget_exceeded", "policy_rate_limited", "policy_tool_blocked", "provider_auth_failed", "provider_billing",
        "provider_rate_limited", "provider_overloaded", "provider_server_error", "provider_timeout", "provider_connection_failed",
        "provider_credentials_exhausted", "bifrost_dropped", "bifrost_internal", "_OTHER",
    ];

    [Fact]
    public void Of_AnyError_IsOfTheClosedSet()
    {
        foreach (var kind in Enum.GetValues<ErrorKind>())
        {
            foreach (var provider in new[] { null, "p" })
            {
                foreach (var type in new[] { null, "budget_exceeded", "anything" })
                {
                    Assert.Contains(ErrorTypes.Of(new GatewayError(500, kind, "") { Provider = provider, Type = type }), Closed);
                }
            }
        }
    }

    [Fact]
    public void Of_KnownErrors_HaveTheirNames()
    {
        Assert.Equal("provider_timeout", ErrorTypes.Of(new GatewayError(504, ErrorKind.Timeout, "") { Provider = "p" }));
        Assert.Equal("policy_budget_exceeded", ErrorTypes.Of(new GatewayError(402, ErrorKind.Billing, "") { Type = "budget_exceeded" }));
        Assert.Equal("caller_cancelled", ErrorTypes.Of(new GatewayError(499, ErrorKind.ClientClosed, "")));
        Assert.Equal("caller_model_unknown", ErrorTypes.Of(GatewayError.Invalid("", "model")));
    }
}
