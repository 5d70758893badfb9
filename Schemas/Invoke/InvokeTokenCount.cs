using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Invoke;

/// <summary>
/// The InvokeModel form of Bedrock's CountTokens (…/APIReference/API_runtime_InvokeModelTokensRequest.html):
/// {"input":{"invokeModel":{"body":"base64"}}}. In goes the whole body, out comes the model's own one.
/// </summary>
internal static class InvokeTokenCount
{
    /// <summary>Null where there is no such form, or the body is no base64.</summary>
    public static ReadOnlyMemory<byte>? BodyOf(ReadOnlyMemory<byte> bytes)
    {
        if (!JsonBody.TryParse(bytes, out var json, out _))
        {
            return null;
        }

        using (json)
        {
            return json.Root.ValueKind == JsonValueKind.Object
                && json.Root.TryGetProperty("input"u8, out var input) && input.ValueKind == JsonValueKind.Object
                && input.TryGetProperty("invokeModel"u8, out var invoke) && invoke.ValueKind == JsonValueKind.Object
                && invoke.TryGetProperty("body"u8, out var body) && body.ValueKind == JsonValueKind.String
                    ? Decoded(body.GetString()!)
                    : null;
        }
    }

    private static ReadOnlyMemory<byte>? Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes.AsMemory(0, length) : (ReadOnlyMemory<byte>?)null;
    }
}
