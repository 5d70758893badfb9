using System.Net;
using System.Net.Http.Headers;
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
    /// carry the credential to a host nobody configured. The last step is <see cref="UpstreamSending"/>'s.
    /// </summary>
    public static UpstreamSending SendAsync(UpstreamCall call, Deadline deadline)
    {
        var provider = call.Provider;
        if ((call.Address ?? provider.Addresses.Find(call)) is not { } address)
        {
            return UpstreamSending.Failed(new UpstreamResult(null, UpstreamFailures.NoAddress(provider), FailureCause.Address));
        }

        var request = BuildRequest(call, address);
        deadline.Begin(WaitPhase.Headers, provider.Network.RequestTimeout);
        var credential = provider.Auth.ApplyAsync(request, call.Key, call.Body, deadline.Token);
        if (!credential.IsCompletedSuccessfully)
        {
            return UpstreamSending.Of(SendWhenReadyAsync(credential, provider, address, request, deadline));
        }

        return credential.Result is { } refused ? UpstreamSending.Failed(Refused(provider, refused)) : Send(provider, address, request, deadline);
    }

    /// <summary>The credential has to be fetched first.</summary>
    private static async Task<UpstreamResult> SendWhenReadyAsync(
        ValueTask<GatewayError?> credential, Provider provider, Uri address, HttpRequestMessage request, Deadline deadline)
    {
        try
        {
            if (await credential is { } refused)
            {
                return Refused(provider, refused);
            }
        }
        catch (Exception failure) when (UpstreamSending.Explain(failure, provider, address, deadline) is not null)
        {
            return UpstreamSending.Explain(failure, provider, address, deadline)!.Value;
        }

        return await Send(provider, address, request, deadline);
    }

    private static UpstreamSending Send(Provider provider, Uri address, HttpRequestMessage request, Deadline deadline)
    {
        Task<HttpResponseMessage> sending;
        try
        {
            sending = provider.Http.SendAsync(request, deadline.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            sending = Task.FromException<HttpResponseMessage>(failure);
        }

        return UpstreamSending.Of(sending, provider, address, deadline);
    }

    private static UpstreamResult Refused(Provider provider, GatewayError refused) => new(null, refused with { Provider = provider.Name }, FailureCause.Credential);

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
            request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        }

        var headers = request.Headers;
        headers.TryAddWithoutValidation("Accept", AcceptOf(call));
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        for (var i = 0; i < call.Headers.Count; i++)
        {
            headers.TryAddWithoutValidation(call.Headers[i].Key, call.Headers[i].Value);
        }

        if (call.Provider.AddsHeaders)
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
            return call.Route.Operation == Operation.Native ? "*/*" : "application/json";
        }

        return call.Route.Dialect is DialectNames.Converse or DialectNames.Invoke ? EventStream : "text/event-stream";
    }
}
