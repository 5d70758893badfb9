using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers;

/// <summary>One call of a provider, ready to be sent.</summary>
internal sealed record UpstreamCall
{
    public required Provider Provider { get; init; }

    public required ProviderRoute Route { get; init; }

    public required KeyConfig Key { get; init; }

    /// <summary>The provider's name of the model; goes into the path where the route wants it.</summary>
    public required string Model { get; init; }

    public required bool Stream { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Where it goes, if that is known already; else the provider's address book is asked.</summary>
    public Uri? Address { get; set; }

    /// <summary>Of the body: forms have a boundary of their own.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Null for the operation's own.</summary>
    public HttpMethod? Method { get; init; }

    /// <summary>What comes behind the route's path: "/resp_1/cancel"; empty for most.</summary>
    public string Below { get; init; } = "";

    /// <summary>Goes with <see cref="Below"/>, without the question mark.</summary>
    public string Query { get; init; } = "";

    /// <summary>Headers of the caller that are forwarded (anthropic-beta, anthropic-version, openai-beta, x-bf-eh-*): never credentials.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}

/// <summary>What came of a call: exactly one of the two is set.</summary>
/// <param name="Response">Headers are here, the body is not yet read; the receiver disposes it.</param>
/// <param name="Error">No answer at all: refused, unreachable, too slow, no credential.</param>
/// <param name="Cause">The kind of that failure.</param>
internal readonly record struct UpstreamResult(HttpResponseMessage? Response, GatewayError? Error, FailureCause Cause = default);
