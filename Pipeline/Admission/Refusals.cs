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

    private static GatewayError Denied(string type, string message) => new(403, ErrorKind.Permission, message) { Type = type };
}
