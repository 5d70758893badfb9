using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BifrostLite.Configuration;

namespace BifrostLite.Providers;

/// <summary>
/// Builds the absolute address of a call and remembers it: parsing a URI costs about as much as the rest of a request's
/// set-up. In goes a call, out comes its address, or null where the provider has none (no base URL configured).
/// </summary>
internal sealed class AddressBook
{
    // Model names come from callers: without a limit the book would grow with every made-up name.
    private const int MostEntries = 2048;
    private const string ModelSlot = "{model}";

    private readonly ConcurrentDictionary<Entry, Uri> _known = new();

    /// <summary>The address of a call.</summary>
    public Uri? Find(UpstreamCall call)
    {
        if (call.Below.Length > 0)
        {
            return Build(call); // ids never come twice
        }

        var provider = call.Provider;
        var entry = new Entry(
            call.Route,
            provider.Locate is null ? null : call.Key,
            PathOf(call.Route, call.Stream).Contains(ModelSlot, StringComparison.Ordinal) || provider.Locate is not null ? call.Model : "",
            call.Stream);
        if (_known.TryGetValue(entry, out var address))
        {
            return address;
        }

        address = Build(call);
        if (address is not null && _known.Count < MostEntries)
        {
            _known.TryAdd(entry, address);
        }

        return address;
    }

    /// <summary>
    /// Puts a path below a base. A version segment that ends the base and begins the path ("…/v1" and "/v1/models") is
    /// written once: half the world's documents give the base with it, the other half without.
    /// </summary>
    public static Uri Join(Uri baseUrl, string path)
    {
        if (path.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || path.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return new Uri(path, UriKind.Absolute);
        }

        var root = baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var end = path.IndexOf('/', 1);
        var first = end < 0 ? path : path[..end];
        if (baseUrl.AbsolutePath.Length > 1 && root.EndsWith(first, StringComparison.Ordinal))
        {
            path = path[first.Length..];
        }

        return new Uri(root + path, UriKind.Absolute);
    }

    private static Uri? Build(UpstreamCall call)
    {
        var provider = call.Provider;
        var at = provider.Locate is { } locate ? locate(call.Key, call.Route) : new RouteAddress(provider.BaseUrl, call.Route);
        if (at.Base is null)
        {
            return null;
        }

        // One segment whatever the name holds: Bedrock's ids have colons, inference profile ARNs have slashes.
        var path = PathOf(at.Route, call.Stream).Replace(ModelSlot, Uri.EscapeDataString(call.Model), StringComparison.Ordinal);
        return Join(at.Base, call.Below.Length == 0 ? path : Extended(path, call));
    }

    /// <summary>A path that goes on, and whose query does.</summary>
    private static string Extended(string path, UpstreamCall call)
    {
        var mark = path.IndexOf('?', StringComparison.Ordinal);
        var (head, query) = mark < 0 ? (path, "") : (path[..mark], path[(mark + 1)..]);
        var both = query.Length > 0 && call.Query.Length > 0 ? $"{query}&{call.Query}" : query + call.Query;
        return both.Length > 0 ? $"{head}{call.Below}?{both}" : head + call.Below;
    }

    private static string PathOf(ProviderRoute route, bool stream) => stream ? route.StreamPath ?? route.Path : route.Path;

    /// <summary>By reference where values never repeat: hashing a whole record would cost more than it saves.</summary>
    private readonly struct Entry(ProviderRoute route, KeyConfig? key, string model, bool stream) : IEquatable<Entry>
    {
        private readonly ProviderRoute _route = route;
        private readonly KeyConfig? _key = key;
        private readonly string _model = model;
        private readonly bool _stream = stream;

        public bool Equals(Entry other) =>
            ReferenceEquals(_route, other._route) && ReferenceEquals(_key, other._key) && _stream == other._stream && _model == other._model;

        public override bool Equals(object? obj) => obj is Entry other && Equals(other);

        public override int GetHashCode() =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(_route), _key is null ? 0 : RuntimeHelpers.GetHashCode(_key), _model, _stream);
    }
}
