namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// Credentials of a named profile: keys in it, a role over another profile or a token file, an SSO session, or a program
/// that prints them. See https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html.
/// </summary>
internal sealed class AwsProfileSource(AwsSurroundings surroundings, AwsSigner signer)
{
    // A chain of source_profile longer than this is a circle.
    private const int MostProfiles = 8;

    private readonly AwsTokenService _tokens = new(surroundings, signer);
    private readonly AwsSsoSource _sso = new(surroundings);

    /// <summary>The profile of AWS_PROFILE, or "default" if there is one; null where neither is set up.</summary>
    public async ValueTask<AwsCredentialResult?> OfEnvironmentAsync(CancellationToken cancellationToken)
    {
        if (surroundings.Variable("AWS_PROFILE") is { Length: > 0 } named)
        {
            return await GetAsync(named, cancellationToken);
        }

        var profiles = AwsProfiles.Read(surroundings);
        if (profiles.Profile("default") is not { } values || !IsSource(values))
        {
            return null;
        }

        return await GetAsync(profiles, "default", 0, cancellationToken);
    }

    public ValueTask<AwsCredentialResult> GetAsync(string name, CancellationToken cancellationToken) =>
        GetAsync(AwsProfiles.Read(surroundings), name, 0, cancellationToken);

    private static bool IsSource(IReadOnlyDictionary<string, string> values) =>
        values.ContainsKey("aws_access_key_id") || values.ContainsKey("role_arn") || values.ContainsKey("credential_process")
        || values.ContainsKey("sso_session") || values.ContainsKey("sso_start_url");

    private async ValueTask<AwsCredentialResult> GetAsync(AwsProfiles profiles, string name, int depth, CancellationToken cancellationToken)
    {
        if (profiles.Profile(name) is not { } values)
        {
            return AwsCredentialResult.Refused($"There is no AWS profile \"{name}\" in ~/.aws/config or ~/.aws/credentials.");
        }

        if (depth == MostProfiles)
        {
            return AwsCredentialResult.Refused($"AWS profile \"{name}\" leads through source_profile back to itself.");
        }

        var keys = Keys(values);
        if (values.TryGetValue("role_arn", out var arn) && !(depth > 0 && keys is not null && values.GetValueOrDefault("source_profile") == name))
        {
            return await RoleAsync(profiles, name, arn, values, depth, cancellationToken);
        }

        if (keys is not null)
        {
            return AwsCredentialResult.Of(keys);
        }

        if (values.ContainsKey("sso_session") || values.ContainsKey("sso_start_url"))
        {
            return await _sso.GetAsync(name, values, profiles, cancellationToken);
        }

        return values.TryGetValue("credential_process", out var command)
            ? await RunAsync(name, command, cancellationToken)
            : AwsCredentialResult.Refused($"AWS profile \"{name}\" holds neither keys, a role, an SSO session nor a credential_process.");
    }

    private static AwsCredentials? Keys(IReadOnlyDictionary<string, string> values) =>
        values.TryGetValue("aws_access_key_id", out var access) && values.TryGetValue("aws_secret_access_key", out var secret)
            ? new AwsCredentials(access, secret, values.GetValueOrDefault("aws_session_token", ""))
            : null;

    private async ValueTask<AwsCredentialResult> RoleAsync(
        AwsProfiles profiles,
        string name,
        string arn,
        IReadOnlyDictionary<string, string> values,
        int depth,
        CancellationToken cancellationToken)
    {
        var region = values.TryGetValue("region", out var own) ? own : AwsRegion.Of(surroundings.Variable);
        var role = new AwsRole(arn, values.GetValueOrDefault("external_id", ""), values.GetValueOrDefault("role_session_name", ""), region);
        if (values.ContainsKey("mfa_serial"))
        {
            return AwsCredentialResult.Refused($"AWS profile \"{name}\" wants a one-time code (mfa_serial), which a gateway cannot type.");
        }

        if (values.TryGetValue("web_identity_token_file", out var file))
        {
            return await _tokens.AssumeByTokenAsync(role, file, cancellationToken);
        }

        var source = values.TryGetValue("source_profile", out var from)
            ? await GetAsync(profiles, from, depth + 1, cancellationToken)
            : await BySourceAsync(name, values.GetValueOrDefault("credential_source", ""), cancellationToken);
        return source.Credentials is null ? source : await _tokens.AssumeAsync(role, source.Credentials, cancellationToken);
    }

    private async ValueTask<AwsCredentialResult> BySourceAsync(string name, string source, CancellationToken cancellationToken)
    {
        AwsCredentialResult? found = source switch
        {
            "Environment" when surroundings.Variable("AWS_ACCESS_KEY_ID") is { Length: > 0 } access =>
                AwsCredentialResult.Of(
                    new AwsCredentials(access, surroundings.Variable("AWS_SECRET_ACCESS_KEY") ?? "", surroundings.Variable("AWS_SESSION_TOKEN") ?? "")),
            "EcsContainer" => await AwsContainerSource.GetAsync(surroundings, cancellationToken),
            "Ec2InstanceMetadata" => await AwsInstanceSource.GetAsync(surroundings, cancellationToken),
            _ => null,
        };
        return found ?? AwsCredentialResult.Refused($"AWS profile \"{name}\" has a role_arn, but neither its source_profile nor its credential_source gave credentials.");
    }

    private async ValueTask<AwsCredentialResult> RunAsync(string name, string command, CancellationToken cancellationToken)
    {
        try
        {
            var (exitCode, output) = await surroundings.Run(command, cancellationToken);
            return exitCode == 0 && AwsCredentialJson.Read(output) is { } credentials
                ? AwsCredentialResult.Of(credentials)
                : AwsCredentialResult.Refused($"The credential_process of AWS profile \"{name}\" gave no credentials (exit code {exitCode}).");
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            return AwsCredentialResult.Refused($"The credential_process of AWS profile \"{name}\" could not be run.");
        }
    }
}
