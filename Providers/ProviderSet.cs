using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using BifrostLite.Configuration;

namespace BifrostLite.Providers;

/// <summary>Every provider one configuration offers. Immutable: a reload makes a new set over the same pools.</summary>
internal sealed class ProviderSet
{
    private readonly FrozenDictionary<string, Provider> _byName;

    private ProviderSet(IReadOnlyList<Provider> all)
    {
        All = all;
        var hasCredential = all.Any(provider => provider.Keys.Any(key => !key.Value.IsEmpty || key.Bedrock is not null));
        StandIn = hasCredential ? null : all[^1];
        _byName = all.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);
    }

    /// <summary>In the order of the configuration; the demo provider last.</summary>
    public IReadOnlyList<Provider> All { get; }

    /// <summary>
    /// Who serves a bare model name where the route's own provider is not configured: the demo while nobody else has a
    /// credential, so that a fresh start answers whatever a client asks for; otherwise nobody, since guessing could cost money.
    /// </summary>
    public Provider? StandIn { get; }

    public static ProviderSet Create(GatewayConfig config, HttpPools pools, ProviderFactory factory)
    {
        var all = new List<Provider>();
        var used = new HashSet<PoolSettings>();
        foreach (var entry in config.Providers.Values)
        {
            var settings = PoolSettings.Of(entry);
            if (factory.Create(entry, pools.For(settings)) is { } provider)
            {
                all.Add(provider);
                used.Add(settings);
            }
        }

        all.Add(factory.Demo);
        pools.KeepOnly(used);
        return new ProviderSet(all);
    }

    /// <summary>The provider of a name, which is compared as written but for case.</summary>
    public bool TryFind(ReadOnlySpan<char> name, [NotNullWhen(true)] out Provider? provider)
    {
        var lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out provider))
        {
            return true;
        }

        // Names are short; anything longer is part of a model's name.
        Span<char> lower = stackalloc char[64];
        return name.Length <= lower.Length
            && name.ToLowerInvariant(lower) is var written and >= 0
            && lookup.TryGetValue(lower[..written], out provider);
    }
}
