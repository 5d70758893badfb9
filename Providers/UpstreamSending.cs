using System.Runtime.CompilerServices;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers;

/// <summary>
/// A call on its way. Awaited, it gives the response or the reason why there is none; the caller's going away comes out as
/// <see cref="OperationCanceledException"/>. It stands for an async method, whose object and resumption every request would pay for
/// while it only waits for the HTTP client; so it is awaited once, where it was made.
/// </summary>
internal readonly struct UpstreamSending : ICriticalNotifyCompletion
{
    private readonly Task? _pending;
    private readonly UpstreamResult _failed;
    private readonly Provider? _provider;
    private readonly Uri? _address;
    private readonly Deadline? _deadline;

    private UpstreamSending(Task? pending, UpstreamResult failed, Provider? provider, Uri? address, Deadline? deadline)
    {
        _pending = pending;
        _failed = failed;
        _provider = provider;
        _address = address;
        _deadline = deadline;
    }

    public bool IsCompleted => _pending is null || _pending.IsCompleted;

    /// <summary>Nothing was sent.</summary>
    public static UpstreamSending Failed(in UpstreamResult result) => new(null, result, null, null, null);

    /// <summary>A response to come, still to be judged.</summary>
    public static UpstreamSending Of(Task<HttpResponseMessage> sending, Provider provider, Uri address, Deadline deadline) =>
        new(sending, default, provider, address, deadline);

    /// <summary>A result to come.</summary>
    public static UpstreamSending Of(Task<UpstreamResult> sending) => new(sending, default, null, null, null);

    public UpstreamSending GetAwaiter() => this;

    public void OnCompleted(Action continuation) => _pending!.GetAwaiter().OnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => _pending!.GetAwaiter().UnsafeOnCompleted(continuation);

    public UpstreamResult GetResult()
    {
        if (_pending is not Task<HttpResponseMessage> sending)
        {
            return _pending is Task<UpstreamResult> judged ? judged.GetAwaiter().GetResult() : _failed;
        }

        try
        {
            var response = sending.GetAwaiter().GetResult();
            _deadline!.Stop();
            return (int)response.StatusCode switch
            {
                >= 300 and < 400 => new UpstreamResult(null, Redirected(response, _provider!), FailureCause.Address),
                < 200 => new UpstreamResult(null, Switched(response, _provider!), FailureCause.BadAnswer),
                _ => new UpstreamResult(PackedAnswer.Unpacked(response), null),
            };
        }
        catch (Exception failure) when (Explain(failure, _provider!, _address!, _deadline!) is not null)
        {
            return Explain(failure, _provider!, _address!, _deadline!)!.Value;
        }
    }

    /// <summary>What a failure of sending means; null where it is none of the provider's: the caller went away, or a bug.</summary>
    public static UpstreamResult? Explain(Exception failure, Provider provider, Uri address, Deadline deadline)
    {
        if (deadline.IsCallerGone)
        {
            return null;
        }

        return failure switch
        {
            OperationCanceledException when deadline.Expired == WaitPhase.Whole =>
                new UpstreamResult(null, UpstreamFailures.DeadlinePassed(deadline.WholeLimit), FailureCause.Deadline),
            OperationCanceledException when deadline.Expired != WaitPhase.None => new UpstreamResult(null, UpstreamFailures.TooSlow(provider), FailureCause.Timeout),
            OperationCanceledException => new UpstreamResult(null, UpstreamFailures.ConnectTooSlow(provider, address), FailureCause.Network),
            HttpRequestException broken => new UpstreamResult(null, UpstreamFailures.Describe(provider, address, broken), UpstreamFailures.CauseOf(broken)),
            _ => null,
        };
    }

    /// <summary>Only 101 gets here: every other interim status the client of HTTP waits out.</summary>
    private static GatewayError Switched(HttpResponseMessage response, Provider provider)
    {
        using (response)
        {
            return GatewayError.Upstream($"Provider \"{provider.Name}\" answered {(int)response.StatusCode}, which is no answer: check network_config.base_url.", provider.Name);
        }
    }

    private static GatewayError Redirected(HttpResponseMessage response, Provider provider)
    {
        using (response)
        {
            return UpstreamFailures.Redirected(provider, (int)response.StatusCode, response.Headers.Location);
        }
    }
}
