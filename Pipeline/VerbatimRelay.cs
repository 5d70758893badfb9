using System.Buffers;
using BifrostLite.Pipeline.Extras;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>Whose a usage frame of a chat stream is that the caller did not ask for.</summary>
internal enum UnaskedUsage
{
    /// <summary>The provider sends it to everybody: it passes.</summary>
    Callers,

    /// <summary>The gateway asked for it: it is left out.</summary>
    Ours,

    /// <summary>The gateway asked for it, and this provider marks such streams; an unmarked one sends usage to everybody.</summary>
    OursAfterNulls,
}

/// <summary>
/// Copies a stream byte for byte while its dialect's tap learns usage and end from the frames. Allocates nothing per frame.
/// </summary>
/// <param name="dialect">The language of both sides.</param>
/// <param name="facts">What the tap fills.</param>
/// <param name="unaskedUsage">Whose a usage frame is that the caller did not ask for.</param>
/// <param name="context">For the one error event that may end the stream.</param>
/// <param name="extras">What frames get spliced in; null where they pass as they are.</param>
/// <param name="output">The caller.</param>
internal sealed class VerbatimRelay(
    Dialect dialect, StreamFacts facts, UnaskedUsage unaskedUsage, AnswerContext context, ExtraFields? extras, IBufferWriter<byte> output)
    : StreamRelay
{
    private int _copied;
    private int _frames;

    public override bool AwaitsTail => dialect.GoesOnBehindEnd && PassesTail;

    protected override bool PassesTail => facts.IsTerminated && facts.Error is null;

    public override void Complete(GatewayError? failure)
    {
        if (facts.Error is not null || ((failure is null || IsSilence(failure)) && dialect.IsComplete(facts)) || facts.IsTerminated)
        {
            return;
        }

        facts.Error = failure ?? GatewayError.Upstream("The provider closed the stream before its end.", context.Origin.Provider);
        using var scratch = new PooledBuffer(512);
        dialect.CreateEncoder(context with { EventsBefore = _frames }, scratch).On(new ResponseEvent { Kind = EventKind.Error, Error = facts.Error });
        output.Write(scratch.Span);
        BytesOut += scratch.Length;
    }

    protected override void OnFrame(in StreamFrame frame, ReadOnlySpan<byte> unread, int at, int length)
    {
        if (IsOver)
        {
            return;
        }

        _frames++;
        dialect.Inspect(frame, facts);
        if (facts.IsUnaskedUsage)
        {
            facts.IsUnaskedUsage = false;
            if (unaskedUsage == UnaskedUsage.Ours || (unaskedUsage == UnaskedUsage.OursAfterNulls && facts.HasNullUsage))
            {
                Copy(unread[_copied..at]);
                _copied = at + length;
            }
        }

        if (extras is not null && _copied <= at)
        {
            extras.KeepRaw(frame.Data);
            _copied += extras.Splice(frame, unread[_copied..(at + length)], output, out var written);
            BytesOut += written;
        }

        IsOver = facts.IsTerminated || facts.Error is not null;
        if (IsOver && context.Keeper is { } keeper)
        {
            Keep(frame.Data, keeper);
        }
    }

    protected override void OnTaken(ReadOnlySpan<byte> taken)
    {
        Copy(taken[_copied..]);
        _copied = 0;
        extras?.BeginRead();
    }

    /// <summary>The last event of a Responses stream holds the whole response; an "error" event holds none.</summary>
    private static void Keep(ReadOnlySpan<byte> data, IAnswerKeeper keeper)
    {
        var members = new JsonMembers(data);
        while (members.MoveNext())
        {
            if (members.Is("response"u8))
            {
                keeper.TakeAnswer(members.Raw);
            }
        }
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        BytesOut += bytes.Length;
    }
}
