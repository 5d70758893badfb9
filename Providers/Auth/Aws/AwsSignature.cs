using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// The parts of AWS Signature Version 4 that signing a request and checking one have in common
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
/// </summary>
internal static class AwsSignature
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    public const string StampFormat = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly SearchValues<char> PathSafe = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/");

    /// <summary>
    /// Appends a path as it is signed: encoded a second time, as every service but S3 wants. A model id's "%3A" is signed as "%253A".
    /// </summary>
    /// <param name="text">Where to.</param>
    /// <param name="path">As it is sent: ASCII, whatever was not is already percent-encoded.</param>
    public static void AppendPath(StringBuilder text, string path)
    {
        var rest = path.AsSpan();
        while (rest.Length > 0)
        {
            var odd = rest.IndexOfAnyExcept(PathSafe);
            text.Append(odd < 0 ? rest : rest[..odd]);
            if (odd < 0)
            {
                return;
            }

            text.Append('%').Append(((int)rest[odd]).ToString("X2", CultureInfo.InvariantCulture));
            rest = rest[(odd + 1)..];
        }
    }

    /// <summary>The key that signs one day's requests to one service in one region.</summary>
    public static byte[] Key(string secret, string day, string region, string service)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(day));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(region));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(service));
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }

    /// <summary>The signature of a canonical request made at <paramref name="stamp"/>.</summary>
    public static string Of(string canonicalRequest, string stamp, string region, string service, byte[] key)
    {
        var toSign = $"{Algorithm}\n{stamp}\n{stamp.AsSpan(0, 8)}/{region}/{service}/aws4_request\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)))}";
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
