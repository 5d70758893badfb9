using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas;

namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// What models' names come to, as far as the configuration alone decides it: worked out once for each name at each door, and forgotten
/// with the snapshot it belongs to. In goes a name, out comes who serves it, or null where nobody has asked for it yet.
/// </summary>
internal sealed class KnownModels
{
    /// <summary>Names come from callers: more than this many are not remembered.</summary>
    private const int MostRemembered = 4096;

    private readonly ConcurrentDictionary<Entry, KnownModel> _byName = new();

    /// <param name="route">The door.</param>
    /// <param name="defaultProvider">Who serves a name without a provider.</param>
    /// <param name="name">The name as it is written.</param>
    public KnownModel? Find(InboundRoute route, string defaultProvider, string name) =>
        _byName.TryGetValue(new Entry(route, defaultProvider, name), out var known) ? known : null;

    public void Keep(InboundRoute route, string defaultProvider, string name, KnownModel known)
    {
        if (_byName.Count < MostRemembered)
        {
            _byName.TryAdd(new Entry(route, defaultProvider, name), known);
        }
    }

    /// <summary>Doors by reference: hashing a whole record would cost more than is saved.</summary>
    private readonly struct Entry(InboundRoute route, string defaultProvider, string name) : IEquatable<Entry>
    {
        private readonly InboundRoute _route = route;
        private readonly string _defaultProvider = defaultProvider;
        private readonly string _name = name;

        public bool Equals(Entry other) => ReferenceEquals(_route, other._route) && _defaultProvider == other._defaultProvider && _name == other._name;

        public override bool Equals(object? obj) => obj is Entry other && Equals(other);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(_route) ^ _name.GetHashCode(StringComparison.Ordinal);
    }
}

/// <summary>Who serves a model at one door.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model's name without the provider.</param>
/// <param name="Route">In which dialect and at which path.</param>
/// <param name="Dialect">That dialect.</param>
/// <param name="Lane">What is remembered of the provider.</param>
/// <param name="IsEstimate">Tokens are to be counted and the provider cannot be asked.</param>
internal sealed record KnownModel(Provider Provider, string Model, ProviderRoute Route, Dialect Dialect, Lane Lane, bool IsEstimate)
{
    /// <summary>The provider's only key, where it has one and that may serve the model; null where there is a choice or none.</summary>
    public KeyConfig? OnlyKey { get; } = Provider.Keys.Count == 1 && KeyRing.MayServe(Provider.Keys[0], Model) ? Provider.Keys[0] : null;

    /// <summary>That key's name of the model.</summary>
    public string OnlyName { get; } = Provider.Keys.Count == 1 ? KeyRing.ProviderModel(Provider.Keys[0], Model) : Model;

    /// <summary>What further is worked out for it on the way, under its own name.</summary>
    public ModelMemo Memo { get; } = new();
}
