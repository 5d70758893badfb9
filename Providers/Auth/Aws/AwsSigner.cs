using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// AWS Signature Version 4 over a finished request; see <see cref="AwsSignature"/>.
/// </summary>
internal sealed class AwsSigner(TimeProvider clock)
{
    // A key serves one account, day, region and service; more than this are left-overs of earlier days.
    private const int MostKeys = 64;

    private readonly ConcurrentDictionary<SigningScope, byte[]> _keys = new();

    /// <summary>Adds x-amz-date, x-amz-content-sha256, x-amz-security-token and Authorization; replaces what stood there.</summary>
    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, AwsCredentials credentials, string region, string service)
    {
        var address = request.RequestUri!;
        var stamp = clock.GetUtcNow().UtcDateTime.ToString(AwsSignature.StampFormat, CultureInfo.InvariantCulture);
        var bodyHash = AwsSignature.Hex(SHA256.HashData(body));
        Replace(request, "x-amz-date", stamp);
        Replace(request, "x-amz-content-sha256", bodyHash);
        Replace(request, "x-amz-security-token", credentials.SessionToken);

        var type = request.Content?.Headers.TryGetValues("Content-Type", out var types) == true ? string.Join(',', types) : "";
        var text = new StringBuilder(512);
        text.Append(request.Method.Method).Append('\n');
        AwsSignature.AppendPath(text, address.AbsolutePath);
        text.Append('\n').Append(AwsQuery.Canonical(address.Query)).Append('\n');
        var signed = AppendHeaders(text, type, HostOf(address), bodyHash, stamp, credentials.SessionToken);
        text.Append('\n').Append(signed).Append('\n').Append(bodyHash);

        var signature = Sign(text.ToString(), stamp, credentials, region, service);
        Replace(
            request,
            "Authorization",
            $"{AwsSignature.Algorithm} Credential={credentials.AccessKey}/{stamp.AsSpan(0, 8)}/{region}/{service}/aws4_request, SignedHeaders={signed}, Signature={signature}");
    }

    /// <summary>The signature of a canonical request made at <paramref name="stamp"/>.</summary>
    internal string Sign(string canonicalRequest, string stamp, AwsCredentials credentials, string region, string service) =>
        AwsSignature.Of(canonicalRequest, stamp, region, service, SigningKey(credentials, stamp[..8], region, service));

    private static string AppendHeaders(StringBuilder text, string type, string host, string bodyHash, string stamp, string token)
    {
        // Names in alphabetical order, as they must be signed.
        if (type.Length > 0)
        {
            text.Append("content-type:").Append(type).Append('\n');
        }

        text.Append("host:").Append(host).Append('\n');
        text.Append("x-amz-content-sha256:").Append(bodyHash).Append('\n');
        text.Append("x-amz-date:").Append(stamp).Append('\n');
        if (token.Length > 0)
        {
            text.Append("x-amz-security-token:").Append(token).Append('\n');
        }

        return (type.Length > 0, token.Length > 0) switch
        {
            (true, true) => "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
            (true, false) => "content-type;host;x-amz-content-sha256;x-amz-date",
            (false, true) => "host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
            (false, false) => "host;x-amz-content-sha256;x-amz-date",
        };
    }

    private static string HostOf(Uri address) => address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";

    private static void Replace(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        if (value.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private byte[] SigningKey(AwsCredentials credentials, string day, string region, string service)
    {
        var scope = new SigningScope(credentials.SecretKey, day, region, service);
        if (_keys.TryGetValue(scope, out var known))
        {
            return known;
        }

        var key = AwsSignature.Key(credentials.SecretKey, day, region, service);
        if (_keys.Count >= MostKeys)
        {
            _keys.Clear();
        }

        _keys[scope] = key;
        return key;
    }

    private readonly record struct SigningScope(string Secret, string Day, string Region, string Service);
}
