using System.Globalization;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// AWS Security Token Service: AssumeRole with other credentials, AssumeRoleWithWebIdentity with a token file
/// (Kubernetes service accounts). See https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
/// </summary>
internal sealed class AwsTokenService(AwsSurroundings surroundings, AwsSigner signer)
{
    private const string DefaultSession = "bifrost-lite";

    public async ValueTask<AwsCredentialResult> AssumeAsync(AwsRole role, AwsCredentials with, CancellationToken cancellationToken)
    {
        var form = Form("AssumeRole", role);
        if (role.ExternalId.Length > 0)
        {
            form += "&ExternalId=" + Uri.EscapeDataString(role.ExternalId);
        }

        return await CallAsync(role, form, with, cancellationToken);
    }

    public async ValueTask<AwsCredentialResult> AssumeByTokenAsync(AwsRole role, string tokenFile, CancellationToken cancellationToken)
    {
        if (surroundings.ReadFile(tokenFile) is not { Length: > 0 } token)
        {
            return AwsCredentialResult.Refused($"The web identity token file \"{tokenFile}\" cannot be read.");
        }

        return await CallAsync(role, $"{Form("AssumeRoleWithWebIdentity", role)}&WebIdentityToken={Uri.EscapeDataString(token.Trim())}", null, cancellationToken);
    }

    /// <summary>Null where the environment names no token file.</summary>
    public async ValueTask<AwsCredentialResult?> OfEnvironmentAsync(CancellationToken cancellationToken)
    {
        var file = surroundings.Variable("AWS_WEB_IDENTITY_TOKEN_FILE");
        var arn = surroundings.Variable("AWS_ROLE_ARN");
        if (string.IsNullOrEmpty(file) || string.IsNullOrEmpty(arn))
        {
            return null;
        }

        var role = new AwsRole(arn, "", surroundings.Variable("AWS_ROLE_SESSION_NAME") ?? "", AwsRegion.Of(surroundings.Variable));
        return await AssumeByTokenAsync(role, file, cancellationToken);
    }

    private static string Form(string action, AwsRole role) =>
        $"Action={action}&Version=2011-06-15&RoleArn={Uri.EscapeDataString(role.Arn)}"
        + $"&RoleSessionName={Uri.EscapeDataString(role.SessionName.Length > 0 ? role.SessionName : DefaultSession)}";

    private async ValueTask<AwsCredentialResult> CallAsync(AwsRole role, string form, AwsCredentials? with, CancellationToken cancellationToken)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(form);
        var request = new HttpRequestMessage(HttpMethod.Post, $"https://sts.{role.Region}.amazonaws.com/") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
        if (with is not null)
        {
            signer.Sign(request, body, with, role.Region, "sts");
        }

        var (status, text, failure) = await CredentialFetch.SendAsync(surroundings.Http, request, cancellationToken);
        if (failure is not null)
        {
            return AwsCredentialResult.Refused($"AWS STS in {role.Region} could not be asked for role {role.Arn}: {failure}.");
        }

        return status == 200 && Read(text) is { } credentials
            ? AwsCredentialResult.Of(credentials)
            : AwsCredentialResult.Refused($"AWS STS did not give role {role.Arn} ({status}): {Element(text, "Message") ?? "no reason given"}");
    }

    /// <summary>
    /// STS answers in XML. Four elements without attributes, whose values hold no character that XML escapes, are taken by
    /// name: an XML reader would be half a megabyte of the executable for this one answer.
    /// </summary>
    private static AwsCredentials? Read(string xml)
    {
        var access = Element(xml, "AccessKeyId");
        var secret = Element(xml, "SecretAccessKey");
        var token = Element(xml, "SessionToken");
        if (access is null || secret is null || token is null)
        {
            return null;
        }

        return new AwsCredentials(access, secret, token)
        {
            Expires = DateTimeOffset.TryParse(Element(xml, "Expiration"), CultureInfo.InvariantCulture, out var end) ? end : null,
        };
    }

    private static string? Element(string xml, string name)
    {
        var start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        var end = start < 0 ? -1 : xml.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return end < 0 ? null : xml[(start + name.Length + 2)..end].Trim();
    }
}
