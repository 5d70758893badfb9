using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Signed;

namespace BifrostLite.Pipeline.Admission;

/// <summary>
/// Finds the virtual key among a request's headers: x-bf-vk with any value; where clients put their providers' keys only what begins
/// with "sk-bf-", also as the access key of an SDK that signs (https://docs.getbifrost.ai, features/governance/virtual-keys).
/// </summary>
internal static class PresentedKey
{
    private const string Prefix = "sk-bf-";
    private const string Bearer = "Bearer ";

    private static readonly string[] KeyHeaders = ["x-api-key", "x-goog-api-key", "api-key"];

    /// <summary>The value, or null where the caller shows none.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="marks">Which families of headers are among them.</param>
    /// <param name="signed">Where the key is the access key of a signature: that is still to be checked.</param>
    public static string? Find(IHeaderDictionary headers, HeaderMarks marks, out SignedRequest? signed)
    {
        signed = null;
        if ((marks & HeaderMarks.Own) != 0 && headers["x-bf-vk"].ToString() is { Length: > 0 } own)
        {
            return own;
        }

        var authorization = headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && IsVirtual(authorization.AsSpan(Bearer.Length).Trim()))
        {
            return authorization[Bearer.Length..].Trim();
        }

        if (SignedRequest.Read(authorization) is { } signature && IsVirtual(signature.AccessKey))
        {
            signed = signature;
            return signature.AccessKey;
        }

        foreach (var name in (marks & HeaderMarks.ApiKey) != 0 ? KeyHeaders : [])
        {
            var value = headers[name].ToString();
            if (IsVirtual(value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The caller's own key of a provider, from the places where its clients put it; null where there is none.</summary>
    public static Secret? FindDirect(IHeaderDictionary headers)
    {
        var authorization = headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && authorization.Length > Bearer.Length && !IsVirtual(authorization.AsSpan(Bearer.Length).Trim()))
        {
            return new Secret(authorization[Bearer.Length..].Trim());
        }

        foreach (var name in KeyHeaders)
        {
            var value = headers[name].ToString();
            if (value.Length > 0 && !IsVirtual(value))
            {
                return new Secret(value);
            }
        }

        return null;
    }

    public static bool IsVirtual(ReadOnlySpan<char> value) => value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
