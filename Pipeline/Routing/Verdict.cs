using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Routing;

/// <summary>The table of retries (contract 4.4), with what it leaves open decided in docs/decisions.md.</summary>
internal static class Verdict
{
    /// <summary>Codes of a refusal on grounds of content: another provider must not be asked to overrule it.</summary>
    private static readonly string[] ContentRefusals = ["content_policy_violation", "content_filter", "ResponsibleAIPolicyViolation", "safety_violations"];

    public static NextStep Of(Attempt attempt, RetryAdvice advice)
    {
        var error = attempt.Error!;
        if (attempt.IsFinal || IsContentRefusal(error))
        {
            return NextStep.Stop;
        }

        var step = attempt.Cause switch
        {
            FailureCause.Deadline => NextStep.Stop,
            FailureCause.Network => NextStep.Retry,
            FailureCause.Credential => NextStep.DropKey,
            FailureCause.Refused or FailureCause.BadAnswer => OfStatus(error),

            // A provider that was silent for the whole limit stays silent; one that cannot be called or translated for, too.
            _ => NextStep.NextCandidate,
        };
        return step == NextStep.Stop ? step
            : step is NextStep.Retry or NextStep.Rotate && advice.ShouldRetry == false ? NextStep.NextCandidate
            : step == NextStep.NextCandidate && advice.ShouldRetry == true ? NextStep.Retry
            : step;
    }

    private static NextStep OfStatus(GatewayError error) => error.Status switch
    {
        // OpenAI says 429 as well where the money is used up: no wait helps that key.
        401 or 402 or 403 => NextStep.DropKey,
        429 => error.Code == "insufficient_quota" || error.Type == "insufficient_quota" ? NextStep.DropKey : NextStep.Rotate,
        408 or >= 500 => NextStep.Retry,
        _ => NextStep.NextCandidate,
    };

    private static bool IsContentRefusal(GatewayError error) =>
        error.Status is >= 400 and < 500
        && (Array.Exists(ContentRefusals, code => code == error.Code) || Array.Exists(ContentRefusals, code => code == error.Type));
}
