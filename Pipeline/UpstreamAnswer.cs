using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>A 2xx answer whose body is being read.</summary>
internal sealed record UpstreamAnswer(HttpResponseMessage Response, UpstreamPump Pump, FrameReader? Frames) : IDisposable
{
    /// <summary>The upstream streams; else the whole body lies unread in the pump.</summary>
    public bool IsStream => Frames is not null;

    /// <summary>A whole answer read into the hub, where it is to be translated: the look at it and the reading are one.</summary>
    public ChatAnswer? Read { get; set; }

    /// <summary>The same where the caller's dialect puts it together at once, instead of <see cref="Read"/>.</summary>
    public IAnswerSink? Written { get; set; }

    /// <summary>What whoever writes a translated answer was told.</summary>
    public AnswerContext? Context { get; set; }

    public void Dispose()
    {
        Written?.Dispose();
        Pump.Dispose();
        Response.Dispose();
    }
}
