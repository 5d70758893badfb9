using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// The key's value in one header: "Authorization: Bearer …" for most, "x-goog-api-key" for Gemini, "api-key" for Azure.
/// A key without a value (a local server's) sends nothing.
/// </summary>
internal sealed class HeaderAuth(string header, string prefix = "") : IProviderAuth
{
    public static readonly HeaderAuth Bearer = new("Authorization", "Bearer ");
    public static readonly HeaderAuth GoogleKey = new("x-goog-api-key");
    public static readonly HeaderAuth AzureKey = new("api-key");

    public ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Set(request, header, prefix, key);
        return default;
    }

    /// <summary>Replaces whatever stands in the header: forwarded headers must never win over the credential.</summary>
    public static void Set(HttpRequestMessage request, string header, string prefix, KeyConfig key)
    {
        request.Headers.Remove(header);
        if (!key.Value.IsEmpty)
        {
            request.Headers.TryAddWithoutValidation(header, key.Value.RevealBehind(prefix));
        }
    }
}
