using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas;

/// <summary>
/// Turns the frames of one upstream stream into events. Emits End when the dialect's terminal event came, Error when the
/// stream told of a failure; what it cannot read is an Error event, never an exception.
/// </summary>
internal abstract class StreamDecoder
{
    public abstract void OnFrame(in StreamFrame frame, IResponseSink sink);

    /// <summary>
    /// The upstream closed. A dialect whose streams may end without a terminal event of their own (Gemini; chat vendors that
    /// leave out [DONE]) emits End here if the answer is complete; all others do nothing, and the guard reports the cut.
    /// </summary>
    public virtual void OnUpstreamEnd(IResponseSink sink)
    {
    }
}

/// <summary>
/// Writes events as one dialect's stream. Stands behind a StreamGuard, so it may be naive: starts come before deltas,
/// block indexes are dense, one MessageStart, one Finish a choice, one End or Error last.
/// </summary>
internal abstract class StreamEncoder : IResponseSink
{
    public abstract void On(in ResponseEvent e);
}

/// <summary>What a target stream cannot show; the guard arranges events accordingly.</summary>
[Flags]
internal enum StreamRules
{
    None = 0,

    /// <summary>Blocks may be open side by side.</summary>
    Interleaved = 1,

    /// <summary>More than one choice can be told apart.</summary>
    Choices = 2,

    /// <summary>One block at a time, one choice.</summary>
    Sequential = None,
}
