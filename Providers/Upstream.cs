using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers;

/// <summary>
/// Sends one call and brings back its response as soon as the headers are there, or the reason why there is none.
/// The caller's cancellation comes out as <see cref="OperationCanceledException"/>; everything else is a value.
/// </summary>
internal static class Upstream
{
    private const string EventStream = "application/vnd.amazon.eventstream";
    private const string UserAgent = "bifrost-lite";

    /// <summary>For a call outside any exchange.</summary>
    public static async ValueTask<UpstreamResult> SendAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        using var deadline = Deadline.Rent(TimeProvider.System, cancellationToken);
        return await SendAsync(call, deadline);
    }

    /// <summary>
    /// 1. Address. 2. Headers and body. 3. Credential last, so that nothing can override it and a signature covers all.
    /// 4. Send, waiting no longer for headers than the provider's timeout. 5. A redirect is a failure: following it would
    /// carry the credential to a host nobody configured.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<UpstreamResult> SendAsync(UpstreamCall call, Deadline deadline)
    {
        var provider = call.Provider;
        if ((call.Address ?? provider.Addresses.Find(call)) is not { } address)
        {
            return new UpstreamResult(null, UpstreamFailures.NoAddress(provider), FailureCause.Address);
        }

        var request = BuildRequest(call, address);
        deadline.Begin(WaitPhase.Headers, provider.Network.RequestTimeout);
        try
        {
            if (await provider.Auth.ApplyAsync(request, call.Key, call.Body, deadline.Token) is { } refused)
            {
                return new UpstreamResult(null, refused with { Provider = provider.Name }, FailureCause.Credential);
            }

            var response = await provider.Http.SendAsync(request, deadline.Token);
            deadline.Stop();
            return (int)response.StatusCode is >= 300 and < 400
                ? new UpstreamResult(null, Redirected(response, provider), FailureCause.Address)
                : new UpstreamResult(response, null);
        }
        catch (OperationCanceledException) when (!deadline.IsCallerGone && deadline.Expired != WaitPhase.None)
        {
            return deadline.Expired == WaitPhase.Whole
                ? new UpstreamResult(null, UpstreamFailures.DeadlinePassed(deadline.WholeLimit), FailureCause.Deadline)
                : new UpstreamResult(null, UpstreamFailures.TooSlow(provider), FailureCause.Timeout);
        }
        catch (OperationCanceledException) when (!deadline.IsCallerGone)
        {
            return new UpstreamResult(null, UpstreamFailures.ConnectTooSlow(provider, address), FailureCause.Network);
        }
        catch (HttpRequestException failure) when (!deadline.IsCallerGone)
        {
            return new UpstreamResult(null, UpstreamFailures.Describe(provider, address, failure), UpstreamFailures.CauseOf(failure));
        }
    }

    private static HttpRequestMessage BuildRequest(UpstreamCall call, Uri address)
    {
        var network = call.Provider.Network;
        var request = new HttpRequestMessage(call.Method ?? (call.Route.Operation == Operation.ListModels ? HttpMethod.Get : HttpMethod.Post), address)
        {
            // HTTP/1.1 costs a quarter less CPU a request than HTTP/2 with this client (docs/decisions.md).
            Version = network.EnforceHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = network.EnforceHttp2 ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower,
        };
        if (request.Method == HttpMethod.Post)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        var headers = request.Headers;
        headers.TryAddWithoutValidation("Accept", AcceptOf(call));
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        for (var i = 0; i < call.Headers.Count; i++)
        {
            headers.TryAddWithoutValidation(call.Headers[i].Key, call.Headers[i].Value);
        }

        if (network.ExtraHeaders.Count > 0 || call.Provider.DefaultHeaders.Count > 0)
        {
            AddConfigured(headers, call.Provider);
        }

        return request;
    }

    private static void AddConfigured(HttpRequestHeaders headers, Provider provider)
    {
        foreach (var (name, value) in provider.Network.ExtraHeaders)
        {
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in provider.DefaultHeaders)
        {
            if (!headers.Contains(name))
            {
                headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    private static string AcceptOf(UpstreamCall call)
    {
        if (!call.Stream)
        {
            return "application/json";
        }

        return call.Route.Dialect is DialectNames.Converse or DialectNames.Invoke ? EventStream : "text/event-stream";
    }

    private static GatewayError Redirected(HttpResponseMessage response, Provider provider)
    {
        using (response)
        {
            return UpstreamFailures.Redirected(provider, (int)response.StatusCode, response.Headers.Location);
        }
    }
}
