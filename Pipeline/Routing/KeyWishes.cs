using BifrostLite.Configuration;
using BifrostLite.Configuration.Reading;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Routing;

/// <summary>How far an attempt is bound to the key it began with.</summary>
internal enum KeyHold
{
    /// <summary>Any key of the provider may follow.</summary>
    Free,

    /// <summary>A session's: kept over retries, left when it is refused.</summary>
    Sticky,

    /// <summary>Asked for by name, or the caller's own: no other may follow.</summary>
    Fixed,
}

/// <summary>
/// What a caller's headers say about provider keys (contract 3.1): x-bf-api-key-id and x-bf-api-key choose a stored one, by
/// id or by name; x-bf-direct-key: true brings the caller's own, where client.allow_direct_keys lets it; x-bf-session-id keeps
/// to one key for x-bf-session-ttl. They never choose a host: addresses come from the configuration alone.
/// </summary>
internal sealed class KeyWishes
{
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);

    private static readonly GatewayError NotAllowed = new(
        403, ErrorKind.Permission, "x-bf-direct-key: callers' own provider keys are not accepted here (client.allow_direct_keys).");

    private static readonly GatewayError NoDirectKey = new(
        401, ErrorKind.Authentication, "x-bf-direct-key: true needs the provider's key in Authorization, x-api-key, api-key or x-goog-api-key.");

    private readonly string _id;
    private readonly string _name;
    private readonly Secret? _direct;
    private Provider? _directFor;

    private KeyWishes(string id, string name, Secret? direct, string session, TimeSpan lifetime)
    {
        _id = id;
        _name = name;
        _direct = direct;
        Session = session;
        Lifetime = lifetime;
    }

    /// <summary>Empty where there is none.</summary>
    public string Session { get; }

    /// <summary>How long the session keeps its key after it was last used.</summary>
    public TimeSpan Lifetime { get; }

    /// <summary>Whether the caller brings a provider key of its own.</summary>
    public bool IsDirect => _direct is not null;

    /// <summary>Whether a key is asked for that nothing may replace.</summary>
    public bool IsFixed => _direct is not null || IsPinned;

    private bool IsPinned => _id.Length > 0 || _name.Length > 0;

    /// <summary>A routing rule's key; null where it names none.</summary>
    public static KeyWishes? OfRule(string id, string name) =>
        id.Length > 0 || name.Length > 0 ? new KeyWishes(id, name, null, "", SessionLifetime) : null;

    /// <returns>What is wrong with the headers, or null.</returns>
    public static GatewayError? Read(IHeaderDictionary headers, ClientConfig client, out KeyWishes? wishes)
    {
        wishes = null;
        var id = headers["x-bf-api-key-id"].ToString();
        var name = headers["x-bf-api-key"].ToString();
        var session = headers["x-bf-session-id"].ToString();
        Secret? direct = null;
        if (string.Equals(headers["x-bf-direct-key"], "true", StringComparison.OrdinalIgnoreCase))
        {
            direct = client.AllowDirectKeys ? PresentedKey.FindDirect(headers) : null;
            if (direct is null)
            {
                return client.AllowDirectKeys ? NoDirectKey : NotAllowed;
            }
        }

        if (direct is not null || id.Length > 0 || name.Length > 0 || session.Length > 0)
        {
            wishes = new KeyWishes(id, name, direct, session, LifetimeOf(headers["x-bf-session-ttl"].ToString()));
        }

        return null;
    }

    /// <summary>The key that is asked for; null (and no error) where any will do.</summary>
    /// <param name="provider">Whose key.</param>
    /// <param name="model">For which model.</param>
    /// <param name="caller">Whose request it is.</param>
    /// <param name="isPrimary">A fallback of another provider has keys of its own.</param>
    /// <param name="key">The key.</param>
    public GatewayError? Find(Provider provider, string model, VirtualKey? caller, bool isPrimary, out KeyConfig? key)
    {
        key = null;
        if (_direct is not null)
        {
            return Direct(provider, out key);
        }

        foreach (var each in IsPinned ? provider.Keys : [])
        {
            if (_id.Length > 0 ? each.Id == _id : each.Name == _name)
            {
                key = KeyRing.MayServe(provider, each, model, caller) ? each : null;
                return key is null ? Invalid($"no keys found that support model: {model}") with { Provider = provider.Name } : null;
            }
        }

        // Of a provider's, not of the gateway's own (is_bifrost_error): so the contract has it.
        var wish = _id.Length > 0 ? $"id \"{_id}\"" : $"name \"{_name}\"";
        return !IsPinned || !isPrimary ? null : Invalid($"no key found with {wish} for provider {provider.Name}") with { Provider = provider.Name };
    }

    /// <summary>One provider's key must not be shown to another, and nobody's fallback be paid by the gateway's owner.</summary>
    private GatewayError? Direct(Provider provider, out KeyConfig? key)
    {
        key = null;
        _directFor ??= provider;
        if (_directFor.Name != provider.Name)
        {
            return Invalid($"x-bf-direct-key: the caller's own key is for provider {_directFor.Name}; {provider.Name} cannot be asked with it");
        }

        // Where to call stays the configuration's: endpoints, regions and projects come from its first key.
        var settings = provider.Keys.Count > 0 ? provider.Keys[0] : new KeyConfig();
        key = new KeyConfig
        {
            Id = "direct",
            Name = "direct",
            Value = _direct!,
            Aliases = settings.Aliases,
            Azure = settings.Azure,
            Bedrock = settings.Bedrock is { } bedrock ? new BedrockKeyConfig { Region = bedrock.Region, Arn = bedrock.Arn } : null,
            Vertex = settings.Vertex is { } vertex ? new VertexKeyConfig { ProjectId = vertex.ProjectId, Region = vertex.Region } : null,
        };
        return null;
    }

    private static TimeSpan LifetimeOf(string text)
    {
        var isRead = TextForms.TryDuration(text, out var lifetime);
        if (!isRead && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e9)
        {
            lifetime = TimeSpan.FromSeconds(seconds);
        }

        return lifetime <= TimeSpan.Zero ? SessionLifetime : lifetime < LongestLifetime ? lifetime : LongestLifetime;
    }

    private static GatewayError Invalid(string message) => GatewayError.Invalid(message);
}
