namespace BifrostLite.Pipeline.Routing;

/// <summary>What is done after an attempt that failed before anything reached the caller.</summary>
internal enum NextStep
{
    /// <summary>The same call once more, after a wait (network, 5xx).</summary>
    Retry,

    /// <summary>Another key of the provider, after a wait; the same one where there is no other (429).</summary>
    Rotate,

    /// <summary>This key is dead for the request; another one at once (401, 402, 403).</summary>
    DropKey,

    /// <summary>This candidate will not do it; the next one at once (400, 404, a provider that stays silent).</summary>
    NextCandidate,

    /// <summary>Nobody would do it, or nobody should (a refusal on grounds of content, a broken request).</summary>
    Stop,
}
