using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// For vendors that speak Messages beside chat: Anthropic's own clients send them x-api-key, OpenAI's a bearer token, and
/// not every vendor takes either on every path. Where Messages is asked, both are sent.
/// </summary>
internal sealed class CompatibleAuth : IProviderAuth
{
    private readonly AnthropicAuth _messages = new();

    public async ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.Contains("/messages", StringComparison.Ordinal))
        {
            await _messages.ApplyAsync(request, key, body, cancellationToken);
        }

        return await HeaderAuth.Bearer.ApplyAsync(request, key, body, cancellationToken);
    }
}
