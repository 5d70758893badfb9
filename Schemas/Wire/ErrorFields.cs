using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>The members of extra_fields in Bifrost's error envelope, as far as they are known.</summary>
internal static class ErrorFields
{
    public static void Write(GatewayError error, ref JsonEmitter json)
    {
        if (error.Provider is not null)
        {
            json.Member("provider"u8, error.Provider);
        }

        if (error.RequestType is not null)
        {
            json.Member("model_requested"u8, error.ModelRequested ?? "");
            json.Member("request_type"u8, error.RequestType);
        }
    }
}
