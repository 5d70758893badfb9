using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>Which requests a failure can happen to.</summary>
[Flags]
internal enum Asked
{
    Whole = 1,
    Stream = 2,
    Both = Whole | Stream,
}

/// <summary>How the gateway is set up for a failure, beyond retries and fallback.</summary>
internal enum Setup
{
    Usual,

    /// <summary>network_config.first_token_timeout_in_seconds.</summary>
    FirstTokenLimit,

    /// <summary>network_config.hedge_delay_in_milliseconds.</summary>
    Hedged,

    /// <summary>Nothing listens at the provider's address.</summary>
    Refused,

    /// <summary>The provider's host name does not exist.</summary>
    NoName,

    /// <summary>The provider's address says https and the server speaks plain HTTP.</summary>
    NoTls,

    /// <summary>stream_hold_back_in_kilobytes.</summary>
    HeldBack,
}

/// <summary>One line of the failure matrix: what the provider does to every call of the primary's model.</summary>
/// <param name="Name">As it stands in docs/reliability.md.</param>
/// <param name="Asked">Which requests it can happen to.</param>
/// <param name="Answer">Plays the provider: the call, the scene of its dialect, whether a stream is asked for, how many calls came before.</param>
internal sealed record FailureCase(string Name, Asked Asked, Func<ProviderCall, Task> Answer)
{
    public Setup Setup { get; init; }

    /// <summary>Only these dialects have it; all where empty.</summary>
    public string[] Only { get; init; } = [];

    /// <summary>Time must pass for anything to happen: so much a step.</summary>
    public TimeSpan Step { get; init; }

    /// <summary>The primary itself can answer in the end.</summary>
    public bool PrimaryRecovers { get; init; }

    /// <summary>The fallback fails as well.</summary>
    public bool AllFail { get; init; }
}

/// <summary>A call of the primary as the case sees it.</summary>
/// <param name="Http">The call.</param>
/// <param name="Scene">Its dialect.</param>
/// <param name="IsStream">Whether a stream is asked for.</param>
/// <param name="Before">How many calls of this model came before it.</param>
/// <param name="Upstream">The provider.</param>
/// <param name="HasRead">What the caller has seen so far.</param>
internal sealed record ProviderCall(HttpContext Http, Scene Scene, bool IsStream, int Before, ScriptedUpstream Upstream, CallersRead HasRead)
{
    /// <summary>Completed when a silent call was hung up on.</summary>
    public TaskCompletionSource HungUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task JsonAsync(int status, string body, params (string Name, string Value)[] headers)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
        {
            Http.Response.Headers[name] = value;
        }

        await Http.Response.WriteAsync(body);
    }

    /// <summary>An error in the provider's own words.</summary>
    public Task ErrorAsync(int status, params (string Name, string Value)[] headers) => JsonAsync(status, ProviderBodies.Error(Scene.Dialect, status), headers);

    public async Task FramesAsync(params byte[][] frames)
    {
        Http.Response.ContentType = Scene.ContentType;
        await Http.Response.StartAsync();
        foreach (var frame in frames)
        {
            await Http.Response.Body.WriteAsync(frame);
            await Http.Response.Body.FlushAsync();
        }
    }

    public async Task BytesAsync(string contentType, byte[] bytes)
    {
        Http.Response.ContentType = contentType;
        await Http.Response.Body.WriteAsync(bytes);
    }

    /// <summary>Nothing more until the gateway hangs up.</summary>
    public async Task SilenceAsync()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Http.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
        HungUp.TrySetResult();
    }
}
