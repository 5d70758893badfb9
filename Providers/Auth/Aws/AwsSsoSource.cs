using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// Credentials of an SSO profile: the token that "aws sso login" left in ~/.aws/sso/cache, exchanged for a role's keys
/// (https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html). An expired token is
/// not renewed here: the AWS CLI owns that file, and renewing would make its copy worthless.
/// </summary>
internal sealed class AwsSsoSource(AwsSurroundings surroundings)
{
    public async ValueTask<AwsCredentialResult> GetAsync(
        string profile,
        IReadOnlyDictionary<string, string> values,
        AwsProfiles profiles,
        CancellationToken cancellationToken)
    {
        var session = values.GetValueOrDefault("sso_session", "");
        var from = session.Length > 0 ? profiles.Session(session) : values;
        var region = from?.GetValueOrDefault("sso_region", "") ?? "";
        var account = values.GetValueOrDefault("sso_account_id", "");
        var role = values.GetValueOrDefault("sso_role_name", "");
        if (region.Length == 0 || account.Length == 0 || role.Length == 0)
        {
            return AwsCredentialResult.Refused($"AWS profile \"{profile}\" wants sso_region, sso_account_id and sso_role_name.");
        }

        // The cache is named by the session, or, in profiles of the older kind, by the start address.
        var token = Token(session.Length > 0 ? session : values.GetValueOrDefault("sso_start_url", ""));
        if (token is null)
        {
            return AwsCredentialResult.Refused($"The SSO session of AWS profile \"{profile}\" is missing or over: run `aws sso login --profile {profile}`.");
        }

        var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"https://portal.sso.{region}.amazonaws.com/federation/credentials?role_name={Uri.EscapeDataString(role)}&account_id={Uri.EscapeDataString(account)}");
        request.Headers.TryAddWithoutValidation("x-amz-sso_bearer_token", token);
        var (status, text, failure) = await CredentialFetch.SendAsync(surroundings.Http, request, cancellationToken);
        if (failure is null && status == 200 && AwsCredentialJson.Read(text) is { } credentials)
        {
            return AwsCredentialResult.Of(credentials);
        }

        return AwsCredentialResult.Refused(status is 401 or 403
            ? $"AWS SSO refuses profile \"{profile}\" ({status}): run `aws sso login --profile {profile}`, and check sso_account_id and sso_role_name."
            : $"AWS SSO gave profile \"{profile}\" no credentials: {failure ?? $"it answered {status}"}.");
    }

#pragma warning disable CA5350 // SHA-1 names the file; it protects nothing.
    private string? Token(string cacheKey)
    {
        var name = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(cacheKey)));
#pragma warning restore CA5350
        if (surroundings.ReadFile(Path.Combine(surroundings.Home, ".aws", "sso", "cache", name + ".json")) is not { } text)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var token = AwsCredentialJson.Text(document.RootElement, "accessToken", "access_token");
            var ends = AwsCredentialJson.Text(document.RootElement, "expiresAt", "expires_at");
            var isOver = DateTimeOffset.TryParse(ends, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
                && end <= surroundings.Clock.GetUtcNow();
            return token.Length == 0 || isOver ? null : token;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
