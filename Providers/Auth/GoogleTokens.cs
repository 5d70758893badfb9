using System.Buffers;
using System.Buffers.Text;
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

    private readonly KeptTokens _tokens = new(clock);

    /// <param name="account">The service account's key file, as JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A token, or why there is none.</returns>
    public ValueTask<TokenAnswer> GetAsync(string account, CancellationToken cancellationToken) =>
        _tokens.GetAsync(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(account))), token => FetchAsync(account, token), cancellationToken);

    private async Task<TokenAnswer> FetchAsync(string account, CancellationToken cancellationToken)
    {
        if (Claim(account) is not { } claim)
        {
            return new TokenAnswer(null, "holds no service account's key: a JSON object with client_email and private_key is wanted.");
        }

        var form = $"grant_type={Uri.EscapeDataString("urn:ietf:params:oauth:grant-type:jwt-bearer")}&assertion={claim}";
        var request = new HttpRequestMessage(HttpMethod.Post, TokenAddress)
        {
            Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        var (status, text, failure) = await CredentialFetch.SendAsync(http, request, cancellationToken);
        return failure is null && status == 200 && KeptTokens.Read(text) is { } answer
            ? answer
            : new TokenAnswer(null, $"got no token from oauth2.googleapis.com: {failure ?? $"it answered {status}"}.");
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
}
