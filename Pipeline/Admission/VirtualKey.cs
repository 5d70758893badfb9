using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Admission;

/// <summary>The key a caller came with, and whom it may call with it. Made once for each configuration; knows no secret.</summary>
internal sealed class VirtualKey
{
    private readonly VirtualKeyConfig _config;

    /// <param name="config">As it is configured.</param>
    /// <param name="grants">Its providers.</param>
    /// <param name="limits">Its own limits, then its team's and its customer's.</param>
    public VirtualKey(VirtualKeyConfig config, IReadOnlyList<ProviderGrant> grants, IReadOnlyList<LimitCounter> limits)
    {
        _config = config;
        Grants = grants;
        Limits = limits;
        HasLimits = limits.Count > 0 || grants.Any(grant => grant.Limits.Count > 0);
    }

    public string Id => _config.Id;

    public string Name => _config.Name;

    public VirtualKeyConfig Config => _config;

    /// <summary>Providers the key names, in the file's order; the same provider may stand there twice with different models.</summary>
    public IReadOnlyList<ProviderGrant> Grants { get; }

    public IReadOnlyList<LimitCounter> Limits { get; }

    public bool HasLimits { get; }

    /// <summary>Every provider, model and key may be used.</summary>
    public bool AllowsAll => _config.AllowAllProviders;

    /// <summary>Why the key opens nothing at this moment, or null.</summary>
    public GatewayError? Refusal(DateTimeOffset now) =>
        _config.ExpiresAt <= now ? (_config.DeleteAfterExpire ? Refusals.NotFound : Refusals.Expired)
        : _config.IsActive ? null
        : Refusals.Inactive;

    /// <summary>Why this model of this provider may not be asked for, or null. A list that blocks wins over one that allows.</summary>
    public GatewayError? Refusal(string provider, string model)
    {
        var isNamed = false;
        var isAllowed = AllowsAll;
        foreach (var grant in Grants)
        {
            if (IsFor(grant, provider))
            {
                isNamed = true;
                isAllowed |= grant.Allows(model);
            }
        }

        return Blocks(provider, model) ? Refusals.Model(model) : isAllowed ? null : isNamed ? Refusals.Model(model) : Refusals.Provider(provider);
    }

    /// <summary>Whether a list blocks the model, whatever another allows: also asked for what an alias stands for.</summary>
    public bool Blocks(string provider, string model)
    {
        foreach (var grant in Grants)
        {
            if (IsFor(grant, provider) && grant.Blocks(model))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The entry that lets the model pass, or null.</summary>
    public ProviderGrant? GrantFor(string provider, string model)
    {
        foreach (var grant in Grants)
        {
            if (IsFor(grant, provider) && grant.Allows(model))
            {
                return grant;
            }
        }

        return null;
    }

    public bool Permits(string provider)
    {
        if (AllowsAll)
        {
            return true;
        }

        foreach (var grant in Grants)
        {
            if (IsFor(grant, provider))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a provider's key may be used for a model.</summary>
    public bool MayUse(string provider, string model, KeyConfig key)
    {
        var isNamed = false;
        foreach (var grant in Grants)
        {
            if (IsFor(grant, provider))
            {
                isNamed = true;
                if (grant.Allows(model) && grant.MayUse(key))
                {
                    return true;
                }
            }
        }

        return !isNamed && AllowsAll;
    }

    private static bool IsFor(ProviderGrant grant, string provider) => string.Equals(grant.Provider, provider, StringComparison.OrdinalIgnoreCase);
}
