using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Tests.Unit.Providers;

namespace BifrostLite.Tests.Golden;

/// <summary>What an answer is written for: a caller's request, always at the same moment.</summary>
internal static class GoldenContext
{
    /// <param name="inbound">The caller's dialect.</param>
    /// <param name="upstream">The provider's.</param>
    /// <param name="body">What was asked.</param>
    /// <param name="isStream">Whether a stream was.</param>
    /// <param name="startedAt">When, by the clock's timestamp.</param>
    public static AnswerContext Of(string inbound, string upstream, byte[] body, bool isStream, long startedAt = 0)
    {
        Assert.Null(Dialects.Get(inbound).ReadRequest(new RequestSource(body, inbound is "converse" or "genai" ? "gw/up-model" : "", isStream), out var request));
        return new AnswerContext
        {
            Model = "up-model",
            Origin = new Origin("gw", Dialects.Get(upstream).NativeFamily, upstream),
            Request = request,
            RequestBody = body,
            ExchangeId = "golden",
            Created = 1760000000,
            Clock = new FixedClock(DateTimeOffset.FromUnixTimeSeconds(1760000002)),
            StartedAt = startedAt,
            Losses = new Losses(),
        };
    }
}
