using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>Translates a stream frame by frame: decoder, unwrapping, tap, guard, encoder, in one synchronous push.</summary>
internal sealed class TranslatedRelay(StreamDecoder decoder, AnswerChain chain) : StreamRelay
{
    public override void Complete(GatewayError? failure)
    {
        if (failure is null || IsSilence(failure))
        {
            decoder.OnUpstreamEnd(chain.Entry);
        }

        if (failure is null)
        {
            chain.Complete();
        }
        else if (!chain.IsOver)
        {
            chain.Fail(failure);
        }

        chain.Flush();
        BytesOut = chain.BytesOut;
    }

    protected override void OnFrame(in StreamFrame frame, ReadOnlySpan<byte> unread, int at, int length)
    {
        chain.KeepRaw(frame.Data);
        decoder.OnFrame(frame, chain.Entry);
        IsOver = chain.IsOver;
    }

    protected override void OnTaken(ReadOnlySpan<byte> taken)
    {
        chain.Flush();
        BytesOut = chain.BytesOut;
    }
}
