using System.Runtime.CompilerServices;
using BifrostLite.Configuration;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// Finds the credentials of a key where AWS's own tools look: in the key, in the environment, in a profile, at the
/// container's or the machine's metadata service; then assumes the key's role, if it names one. Found once and kept until
/// shortly before they expire; one search at a time for each key, the others wait for its result.
/// Order: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
/// </summary>
internal sealed class AwsCredentialChain(AwsSurroundings surroundings, AwsSigner signer) : IAwsCredentialSource
{
    /// <summary>Renewed this long before they end, as AWS's SDKs do.</summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(5);

    /// <summary>A failed search is not repeated at once: each may cost seconds of waiting for metadata services.</summary>
    private static readonly TimeSpan RememberFailure = TimeSpan.FromSeconds(10);

    // Weak, so that the keys of replaced configurations go.
    private readonly ConditionalWeakTable<KeyConfig, Slot> _slots = [];
    private readonly AwsTokenService _tokens = new(surroundings, signer);
    private readonly AwsProfileSource _profiles = new(surroundings, signer);

    public async ValueTask<AwsCredentialResult> GetAsync(KeyConfig key, CancellationToken cancellationToken)
    {
        var slot = _slots.GetValue(key, static _ => new Slot());
        if (slot.TryUse(surroundings.Clock.GetUtcNow(), out var kept))
        {
            return kept;
        }

        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            if (slot.TryUse(surroundings.Clock.GetUtcNow(), out kept))
            {
                return kept;
            }

            return slot.Keep(await FindAsync(key, cancellationToken), surroundings.Clock.GetUtcNow());
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    private async ValueTask<AwsCredentialResult> FindAsync(KeyConfig key, CancellationToken cancellationToken)
    {
        var aws = key.Bedrock ?? new BedrockKeyConfig();
        var found = aws switch
        {
            { AccessKey.IsEmpty: false } => OfKey(key, aws),
            { Profile.Length: > 0 } => await _profiles.GetAsync(aws.Profile, cancellationToken),
            _ => await OfMachineAsync(cancellationToken),
        };
        if (found.Credentials is null || aws.RoleArn.Length == 0)
        {
            return found;
        }

        var role = new AwsRole(aws.RoleArn, aws.ExternalId, aws.RoleSessionName, AwsRegion.Of(key, surroundings.Variable));
        return await _tokens.AssumeAsync(role, found.Credentials, cancellationToken);
    }

    private static AwsCredentialResult OfKey(KeyConfig key, BedrockKeyConfig aws) => aws.SecretKey.IsEmpty
        ? AwsCredentialResult.Refused($"Key \"{key.Name}\" has an access_key without a secret_key.")
        : AwsCredentialResult.Of(new AwsCredentials(aws.AccessKey.Reveal(), aws.SecretKey.Reveal(), aws.SessionToken.Reveal()));

    /// <summary>Each source either is not set up (and the next is asked) or answers for itself, with an error if need be.</summary>
    private async ValueTask<AwsCredentialResult> OfMachineAsync(CancellationToken cancellationToken)
    {
        if (OfEnvironment() is { } variables)
        {
            return variables;
        }

        return await _tokens.OfEnvironmentAsync(cancellationToken)
            ?? await _profiles.OfEnvironmentAsync(cancellationToken)
            ?? await AwsContainerSource.GetAsync(surroundings, cancellationToken)
            ?? await AwsInstanceSource.GetAsync(surroundings, cancellationToken)
            ?? AwsCredentialResult.Refused(
                "No AWS credentials were found: tried the key's own, AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, the profile "
                + "(AWS_PROFILE or \"default\" in ~/.aws), the container's and the instance's metadata service. "
                + "Set bedrock_key_config.access_key and secret_key, or a Bedrock API key as the key's value.");
    }

    private AwsCredentialResult? OfEnvironment()
    {
        var access = surroundings.Variable("AWS_ACCESS_KEY_ID");
        var secret = surroundings.Variable("AWS_SECRET_ACCESS_KEY");
        return string.IsNullOrEmpty(access) || string.IsNullOrEmpty(secret)
            ? null
            : AwsCredentialResult.Of(new AwsCredentials(access, secret, surroundings.Variable("AWS_SESSION_TOKEN") ?? ""));
    }

    /// <summary>What is known for one key.</summary>
    private sealed class Slot
    {
        private readonly Lock _lock = new();
        private AwsCredentialResult _kept;
        private DateTimeOffset _goodUntil = DateTimeOffset.MinValue;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public bool TryUse(DateTimeOffset now, out AwsCredentialResult kept)
        {
            lock (_lock)
            {
                kept = _kept;
                return now < _goodUntil;
            }
        }

        public AwsCredentialResult Keep(AwsCredentialResult found, DateTimeOffset now)
        {
            lock (_lock)
            {
                // A renewal that fails leaves the old ones in use for as long as they live.
                var isStillGood = found.Credentials is null && _kept.Credentials?.Expires > now;
                if (!isStillGood)
                {
                    _kept = found;
                }

                _goodUntil = (found.Credentials, isStillGood) switch
                {
                    (null, _) => now + RememberFailure,
                    ({ Expires: { } end }, _) => end - now > RenewBefore ? end - RenewBefore : end,
                    _ => DateTimeOffset.MaxValue,
                };
                return _kept;
            }
        }
    }
}
