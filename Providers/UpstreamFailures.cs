using System.Globalization;
using System.Security.Authentication;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers;

/// <summary>
/// The sentences for calls that brought no answer. Each names the provider and says what to look at; none holds a
/// credential, and of an address only host and port.
/// </summary>
internal static class UpstreamFailures
{
    public static GatewayError NoAddress(Provider provider) => new(
        500,
        ErrorKind.Server,
        $"Provider \"{provider.Name}\" has no address: set network_config.base_url, or what its key needs to make one (region, endpoint, project).")
    {
        Provider = provider.Name,
    };

    public static GatewayError TooSlow(Provider provider) => new(
        504,
        ErrorKind.Timeout,
        $"Provider \"{provider.Name}\" sent no response headers within {Seconds(provider.Network.RequestTimeout)} s (network_config.default_request_timeout_in_seconds).")
    {
        Provider = provider.Name,
        Type = "request_timed_out",
    };

    /// <summary>The time the request has as a whole is used up.</summary>
    public static GatewayError DeadlinePassed(TimeSpan? limit) => new(
        504, ErrorKind.Timeout, $"The request took longer than {Seconds(limit ?? default)} s as a whole (client.request_deadline_in_seconds).")
    {
        Type = "request_timed_out",
    };

    public static GatewayError NoFirstToken(Provider provider) => new(
        504,
        ErrorKind.Timeout,
        $"Provider \"{provider.Name}\" sent no token within {Seconds(provider.Network.FirstTokenTimeout ?? default)} s after its headers "
            + "(network_config.first_token_timeout_in_seconds).")
    {
        Provider = provider.Name,
        Type = "request_timed_out",
    };

    public static GatewayError Silent(Provider provider) => new(
        504,
        ErrorKind.Timeout,
        $"Provider \"{provider.Name}\" sent nothing for {Seconds(provider.Network.StreamIdleTimeout)} s (network_config.stream_idle_timeout_in_seconds).")
    {
        Provider = provider.Name,
        Type = "request_timed_out",
    };

    public static GatewayError ConnectTooSlow(Provider provider, Uri address) => new(
        504,
        ErrorKind.Timeout,
        $"Provider \"{provider.Name}\" could not be connected to at {Place(address)} within {Seconds(provider.Network.ConnectTimeout)} s "
            + "(network_config.connect_timeout_in_seconds): check the network, a firewall or proxy_config.")
    {
        Provider = provider.Name,
        Type = "request_timed_out",
    };

    public static GatewayError Redirected(Provider provider, int status, Uri? location)
    {
        var target = location is { IsAbsoluteUri: true } ? Place(location) : "another path";
        return GatewayError.Upstream(
            $"Provider \"{provider.Name}\" answered {status}, a redirect to {target}. Redirects are not followed: correct network_config.base_url.",
            provider.Name);
    }

    public static GatewayError Describe(Provider provider, Uri address, HttpRequestException failure)
    {
        var place = Place(address);
        var what = failure.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"the host name of {place} could not be resolved: check network_config.base_url and DNS",
            HttpRequestError.ConnectionError => $"nothing accepts connections at {place}: check that it runs, and network_config.base_url",
            HttpRequestError.SecureConnectionError => $"the TLS connection to {place} failed: {Certificate(failure)}",
            HttpRequestError.ProxyTunnelError => $"the proxy did not open a way to {place}: check proxy_config",
            HttpRequestError.VersionNegotiationError => $"{place} does not speak HTTP/2: turn network_config.enforce_http2 off",
            HttpRequestError.ResponseEnded => $"{place} closed the connection before it answered",
            HttpRequestError.InvalidResponse => $"{place} did not answer in HTTP: check the scheme and port of network_config.base_url",
            HttpRequestError.ConfigurationLimitExceeded => $"{place} sent more response headers than are accepted",
            _ => $"the connection to {place} broke before the answer",
        };
        return GatewayError.Upstream($"Provider \"{provider.Name}\" could not be asked: {what}.", provider.Name);
    }

    /// <summary>Whether the same call may fare better in a moment.</summary>
    public static FailureCause CauseOf(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.SecureConnectionError or HttpRequestError.VersionNegotiationError
            ? FailureCause.Address
            : FailureCause.Network;

    private static string Certificate(HttpRequestException failure) => failure.InnerException is AuthenticationException
        ? "its certificate is not trusted; give the issuer's in network_config.ca_cert_pem"
        : "check the scheme and port of network_config.base_url";

    private static string Place(Uri address) => address.Authority;

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
