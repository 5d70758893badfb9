using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// Gemini's API key: x-goog-api-key on its own paths (https://ai.google.dev/api), a bearer token on its OpenAI-compatible
/// ones (https://ai.google.dev/gemini-api/docs/openai).
/// </summary>
internal sealed class GoogleAuth : IProviderAuth
{
    public ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        request.RequestUri!.AbsolutePath.Contains("/openai/", StringComparison.Ordinal)
            ? HeaderAuth.Bearer.ApplyAsync(request, key, body, cancellationToken)
            : HeaderAuth.GoogleKey.ApplyAsync(request, key, body, cancellationToken);
}
