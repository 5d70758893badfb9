using System.Globalization;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Admission;

/// <summary>What callers are told who may not. Types, statuses and words are those clients of Bifrost know (its plugins/governance).</summary>
internal static class Refusals
{
    public static readonly GatewayError KeyRequired =
        new(401, ErrorKind.Authentication, "virtual key is required. Provide a virtual key via the x-bf-vk header.") { Type = "virtual_key_required" };

    public static readonly GatewayError NotFound =
        Denied("access_not_found", "virtual key not found. The provided virtual key does not exist or has been revoked.");

    public static readonly GatewayError Inactive = Denied("access_blocked", "Virtual key is inactive");

    public static readonly GatewayError Expired = Denied("access_blocked", "Virtual key has expired");

    public static GatewayError Provider(string provider) => Denied("provider_blocked", $"Provider '{provider}' is not allowed for this virtual key");

    public static GatewayError Model(string model) => Denied("model_blocked", $"Model '{model}' is not allowed for this virtual key");

    public static GatewayError MissingHeaders(string names) =>
        new(400, ErrorKind.InvalidRequest, $"missing required headers: {names}") { Type = "missing_required_headers" };

    /// <param name="counter">The limit that is used up.</param>
    /// <param name="used">What is used and reserved.</param>
    public static GatewayError Limit(LimitCounter counter, long used)
    {
        var (most, period) = (counter.Rule.Most, counter.Rule.Period);
        return counter.Kind switch
        {
            LimitKind.Requests => Limited("request_limited", string.Create(
                CultureInfo.InvariantCulture, $"Rate limit exceeded: {counter.Owner} request limit exceeded ({used}/{most}, resets every {period})")),
            LimitKind.Tokens => Limited("token_limited", string.Create(
                CultureInfo.InvariantCulture, $"Rate limit exceeded: {counter.Owner} token limit exceeded ({used}/{most}, resets every {period})")),
            _ => new(402, ErrorKind.Billing, string.Create(
                CultureInfo.InvariantCulture,
                $"Budget exceeded: {counter.Owner} budget exceeded: {used / LimitCounters.Dollar:0.0000} of {most / LimitCounters.Dollar:0.0000} dollars, resets every {period}"))
            {
                Type = "budget_exceeded",
            },
        };
    }

    private static GatewayError Limited(string type, string message) => new(429, ErrorKind.RateLimit, message) { Type = type };

    private static GatewayError Denied(string type, string message) => new(403, ErrorKind.Permission, message) { Type = type };
}
