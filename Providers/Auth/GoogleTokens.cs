using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// Access tokens for Google service accounts: a signed claim exchanged for a token, kept until shortly before it expires.
/// See https://developers.google.com/identity/protocols/oauth2/service-account#httprest.
/// </summary>
internal sealed class GoogleTokens(HttpMessageInvoker http, TimeProvider clock)
{
    private const string TokenAddress = "https://oauth2.googleapis.com/token";
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary>Google gives an hour; a request that takes its time must still find its token valid.</summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset Ends)> _kept = new();

    /// <summary>One fetch at a time.</summary>
    private SemaphoreSlim Gate { get; } = new(1, 1);

    /// <param name="account">The service account's key file, as JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A token, or why there is none.</returns>
    public async ValueTask<(string? Token, string? Failure)> GetAsync(string account, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(account)));
        if (Kept(name) is { } kept)
        {
            return (kept, null);
        }

        await Gate.WaitAsync(cancellationToken);
        try
        {
            return Kept(name) is { } meanwhile ? (meanwhile, null) : await FetchAsync(name, account, cancellationToken);
        }
        finally
        {
            Gate.Release();
        }
    }

    private string? Kept(string name) => _kept.TryGetValue(name, out var found) && found.Ends - RenewBefore > clock.GetUtcNow() ? found.Token : null;

    private async Task<(string? Token, string? Failure)> FetchAsync(string name, string account, CancellationToken cancellationToken)
    {
        if (Claim(account) is not { } claim)
        {
            return (null, "holds no service account's key: a JSON object with client_email and private_key is wanted.");
        }

        var form = $"grant_type={Uri.EscapeDataString("urn:ietf:params:oauth:grant-type:jwt-bearer")}&assertion={claim}";
        var request = new HttpRequestMessage(HttpMethod.Post, TokenAddress)
        {
            Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        var (status, text, failure) = await CredentialFetch.SendAsync(http, request, cancellationToken);
        if (failure is not null || status != 200 || Read(text) is not { } answer)
        {
            return (null, $"got no token from oauth2.googleapis.com: {failure ?? $"it answered {status}"}.");
        }

        _kept[name] = (answer.Token, clock.GetUtcNow() + answer.Lives);
        return (answer.Token, null);
    }

    /// <summary>The claim as a signed JWT, or null where the account cannot be read.</summary>
    private string? Claim(string account)
    {
        try
        {
            using var document = JsonDocument.Parse(account);
            var email = document.RootElement.GetProperty("client_email").GetString()!;
            using var rsa = RSA.Create();
            rsa.ImportFromPem(document.RootElement.GetProperty("private_key").GetString());
            var now = clock.GetUtcNow().ToUnixTimeSeconds();
            var claims = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(claims))
            {
                json.WriteStartObject();
                json.WriteString("iss"u8, email);
                json.WriteString("scope"u8, Scope);
                json.WriteString("aud"u8, TokenAddress);
                json.WriteNumber("iat"u8, now);
                json.WriteNumber("exp"u8, now + 3600);
                json.WriteEndObject();
            }

            var head = Base64Url.EncodeToString("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"u8);
            var signed = $"{head}.{Base64Url.EncodeToString(claims.WrittenSpan)}";
            var signature = rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{signed}.{Base64Url.EncodeToString(signature)}";
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    private static (string Token, TimeSpan Lives)? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return root.TryGetProperty("access_token", out var token) && token.GetString() is { Length: > 0 } value
                && root.TryGetProperty("expires_in", out var seconds) && seconds.TryGetInt32(out var lives)
                ? (value, TimeSpan.FromSeconds(lives))
                : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
