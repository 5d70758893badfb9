using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BifrostLite.Providers.Auth.Aws;
using BifrostLite.Schemas.Hub;
using Microsoft.AspNetCore.Http.Features;

namespace BifrostLite.Pipeline.Admission.Signed;

/// <summary>
/// Checks the signature of a request whose SDK signs for Bedrock: a virtual key is both access key id and secret access key. The
/// canonical request is made anew from what came over the wire, so a proxy in front must change neither host nor path.
/// </summary>
internal sealed class SignatureCheck(TimeProvider clock)
{
    private const string UnsignedBody = "UNSIGNED-PAYLOAD";

    /// <summary>What the SDK for JavaScript signs in Host's place over HTTP/2, its default; the server shows it as Host.</summary>
    private const string Authority = ":authority";

    /// <summary>As far as AWS lets clocks differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    private readonly ReplayWindow _seen = new(clock, 2 * Skew);

    /// <summary>What is wrong with the signature, or null.</summary>
    public GatewayError? Verify(HttpRequest request, ReadOnlySpan<byte> body, SignedRequest signed)
    {
        var stamp = request.Headers["x-amz-date"].ToString();
        if (!DateTimeOffset.TryParseExact(stamp, AwsSignature.StampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            || !stamp.StartsWith(signed.Day, StringComparison.Ordinal))
        {
            return Wrong("x-amz-date is missing, or is not of the day the signature names.");
        }

        if ((clock.GetUtcNow() - moment).Duration() > Skew)
        {
            return Wrong("Signature expired: the clocks of caller and gateway differ by more than 15 minutes.");
        }

        if (!(signed.Headers.Contains("host") || signed.Headers.Contains(Authority)) || !signed.Headers.Contains("x-amz-date"))
        {
            return Wrong("Host and x-amz-date must be signed.");
        }

        var claimed = request.Headers["x-amz-content-sha256"].ToString();
        if (claimed.StartsWith("STREAMING-", StringComparison.Ordinal))
        {
            return Wrong("Bodies signed in chunks are not taken; sign the whole body.");
        }

        var hash = AwsSignature.Hex(SHA256.HashData(body));
        if (claimed.Length > 0 && claimed != UnsignedBody && !AreEqual(claimed, hash))
        {
            return Wrong("The body is not the one that x-amz-content-sha256 tells of.");
        }

        var key = AwsSignature.Key(signed.AccessKey, signed.Day, signed.Region, signed.Service);
        var canonical = Canonical(request, signed, claimed == UnsignedBody ? UnsignedBody : hash);
        if (!AreEqual(AwsSignature.Of(canonical, stamp, signed.Region, signed.Service, key), signed.Signature))
        {
            return Wrong("The request signature we calculated does not match the signature you provided. The secret access key is the virtual key itself.");
        }

        // SDKs sign an id that is new for every call, so an equal signature is a copy. Without it two equal calls of one second look the same.
        return signed.Headers.Contains("amz-sdk-invocation-id") && !_seen.IsNew(signed.Signature) ? Wrong("This signature has been used before.") : null;
    }

    private static string Canonical(HttpRequest request, SignedRequest signed, string hash)
    {
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var text = new StringBuilder(512);
        text.Append(request.Method).Append('\n');
        AwsSignature.AppendPath(text, question < 0 ? target : target[..question]);
        text.Append('\n').Append(AwsQuery.Canonical(question < 0 ? "" : target[question..])).Append('\n');
        foreach (var name in signed.Headers)
        {
            text.Append(name).Append(':').Append(Values(request.Headers[name == Authority ? "host" : name])).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', signed.Headers).Append('\n').Append(hash).ToString();
    }

    /// <summary>Values in order, outer spaces off, inner ones single.</summary>
    private static string Values(Microsoft.Extensions.Primitives.StringValues values)
    {
        var all = string.Join(',', values.Select(static value => value?.Trim()));
        while (all.Contains("  ", StringComparison.Ordinal))
        {
            all = all.Replace("  ", " ", StringComparison.Ordinal);
        }

        return all;
    }

    private static bool AreEqual(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static GatewayError Wrong(string message) => new(403, ErrorKind.Authentication, message) { Type = "InvalidSignatureException" };
}
