using BifrostLite.Configuration;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers;

/// <summary>Somebody to call: an address, credentials, oddities, and the dialects it speaks for each operation.</summary>
internal sealed record Provider
{
    private bool? _addsHeaders;

    public required string Name { get; init; }

    /// <summary>Whose wire it speaks: its own name, or for a custom provider that of the built-in one it says to be like.</summary>
    public string Wire { get => field ?? Name; init; }

    /// <summary>Address every route's path is put below; null where it hangs on the key (a region, a resource's endpoint).</summary>
    public required Uri? BaseUrl { get; init; }

    /// <summary>Where the address hangs on the key: makes the base and the route for that key. Null for most.</summary>
    public Func<KeyConfig, ProviderRoute, RouteAddress>? Locate { get; init; }

    /// <summary>Addresses already built, so that a call costs no parsing.</summary>
    public AddressBook Addresses { get; } = new();

    /// <summary>What it can be asked, in order of preference where several dialects serve one operation.</summary>
    public required IReadOnlyList<ProviderRoute> Routes { get; init; }

    /// <summary>Where it has what only OpenAI's API has; null where it is not built so.</summary>
    public NativeRoutes? Natives { get; init; }

    public required IReadOnlyList<KeyConfig> Keys { get; init; }

    public required NetworkConfig Network { get; init; }

    /// <summary>How many calls run at once and how many wait; null for no limit.</summary>
    public ConcurrencyConfig? Limits { get; init; }

    /// <summary>Puts the credential on a request.</summary>
    public required IProviderAuth Auth { get; init; }

    /// <summary>The one pool of connections to this provider.</summary>
    public required HttpMessageInvoker Http { get; init; }

    /// <summary>Facts about a model of this provider that request writers need, and the opaque state's family.</summary>
    public required Func<string, TargetModel> Describe { get; init; }

    /// <summary>Headers to send where neither the configuration nor the caller gives them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> DefaultHeaders { get; init; } = [];

    /// <summary>Whether there are headers to add by configuration at all.</summary>
    public bool AddsHeaders => _addsHeaders ??= Network.ExtraHeaders.Count > 0 || DefaultHeaders.Count > 0;

    /// <summary>Ends its chat streams without [DONE].</summary>
    public bool OmitsDoneMarker { get; init; }

    /// <summary>send_back_raw_request: answers of the unified routes tell what was sent.</summary>
    public bool SendsBackRequest { get; init; }

    /// <summary>send_back_raw_response: they tell what came back.</summary>
    public bool SendsBackResponse { get; init; }

    /// <summary>Keeps responses under their ids and goes on from them (store, previous_response_id).</summary>
    public bool HoldsResponses { get; init; }

    /// <summary>Takes chat stream_options.include_usage.</summary>
    public bool TakesStreamOptions { get; init; } = true;

    /// <summary>
    /// Whether a model (first) is served in a dialect (second), for providers that serve each model only in some of their
    /// dialects; null where every route serves every model.
    /// </summary>
    public Func<string, string, bool>? Serves { get; init; }

    /// <summary>The route for a dialect and operation that serves this model, or null.</summary>
    public ProviderRoute? Route(string dialect, Operation operation, string model) =>
        Serves is null || Serves(model, dialect) ? Route(dialect, operation) : null;

    /// <summary>
    /// A stream that was asked for usage says "usage": null in every frame but the last; without that its usage frame would
    /// have come unasked as well and is the caller's.
    /// </summary>
    public bool SendsNullUsage { get; init; }

    /// <summary>The route for a dialect and operation, or null.</summary>
    public ProviderRoute? Route(string dialect, Operation operation)
    {
        // By index: an enumerator of the interface would be allocated on every request.
        for (var i = 0; i < Routes.Count; i++)
        {
            var route = Routes[i];
            if (route.Dialect == dialect && route.Operation == operation)
            {
                return route;
            }
        }

        return null;
    }
}

/// <summary>One operation in one dialect at one path.</summary>
/// <param name="Dialect">Dialect name (see <see cref="Schemas.Dialect.Name"/>).</param>
/// <param name="Operation">The operation.</param>
/// <param name="Path">Path below the base URL or a full URL; "{model}" is replaced by the percent-encoded model id.</param>
/// <param name="StreamPath">Path for streaming where it differs (Converse, GenerateContent).</param>
internal sealed record ProviderRoute(string Dialect, Operation Operation, string Path, string? StreamPath = null)
{
    public const string ModelPlace = "{model}";

    /// <summary>Messages: anthropic_version in the body, where it takes the model's place; else empty.</summary>
    public string BodyVersion { get; init; } = "";
}

/// <summary>Where a route is for one key.</summary>
/// <param name="Base">Base URL; null where the key lacks what is needed to know it.</param>
/// <param name="Route">The route with its path made for that key.</param>
internal readonly record struct RouteAddress(Uri? Base, ProviderRoute Route);

/// <summary>Puts a provider's credential on a request. Must not keep or log it.</summary>
internal interface IProviderAuth
{
    /// <summary>
    /// Adds credential headers (or signs). The body is final: nothing may change it afterwards. Returns an error where no
    /// credential can be had (an expired SSO session, an unreachable metadata service), saying what to do.
    /// </summary>
    ValueTask<GatewayError?> ApplyAsync(HttpRequestMessage request, KeyConfig key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
