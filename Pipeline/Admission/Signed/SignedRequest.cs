using BifrostLite.Providers.Auth.Aws;

namespace BifrostLite.Pipeline.Admission.Signed;

/// <summary>What the Authorization header of a request signed with AWS Signature Version 4 says.</summary>
internal sealed class SignedRequest
{
    private SignedRequest(string[] credential, string[] headers, string signature)
    {
        (AccessKey, Day, Region, Service) = (credential[0], credential[1], credential[2], credential[3]);
        Headers = headers;
        Signature = signature;
    }

    /// <summary>Who says to have signed: here a virtual key, which is the secret key too.</summary>
    public string AccessKey { get; }

    public string Day { get; }

    public string Region { get; }

    public string Service { get; }

    /// <summary>Names of the signed headers, in the order of the signature.</summary>
    public IReadOnlyList<string> Headers { get; }

    public string Signature { get; }

    /// <summary>Null where the header is none of the kind, or broken.</summary>
    public static SignedRequest? Read(string authorization)
    {
        if (!authorization.StartsWith(AwsSignature.Algorithm + " ", StringComparison.Ordinal))
        {
            return null;
        }

        string[] credential = [];
        string[] headers = [];
        var signature = "";
        foreach (var part in authorization[AwsSignature.Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var value = part[(equals + 1)..];
            switch (equals < 0 ? "" : part[..equals])
            {
                case "Credential":
                    credential = value.Split('/');
                    break;
                case "SignedHeaders":
                    headers = value.Split(';');
                    break;
                case "Signature":
                    signature = value;
                    break;
            }
        }

        return credential is [_, { Length: 8 }, _, _, "aws4_request"] && headers.Length > 0 && signature.Length == 64
            ? new SignedRequest(credential, headers, signature)
            : null;
    }
}
