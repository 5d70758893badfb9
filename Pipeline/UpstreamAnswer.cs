using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>A 2xx answer whose body is being read.</summary>
internal sealed record UpstreamAnswer(HttpResponseMessage Response, UpstreamPump Pump, FrameReader? Frames) : IDisposable
{
    /// <summary>The upstream streams; else the whole body lies unread in the pump.</summary>
    public bool IsStream => Frames is not null;

    public void Dispose()
    {
        Pump.Dispose();
        Response.Dispose();
    }
}
