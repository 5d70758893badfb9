using System.Text;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Plays a whole answer as the events of a stream: block by block, then the figures, a Finish for each choice, End. A failed
/// answer is its Error alone. For callers who want a stream of a provider that cannot, and for cached answers.
/// </summary>
internal static class AnswerReplay
{
    public static void Play(ChatAnswer answer, IResponseSink sink)
    {
        if (answer.Error is { } error)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = error });
            return;
        }

        var input = InputOf(answer.Usage);
        sink.On(new ResponseEvent
        {
            Kind = EventKind.MessageStart,
            Id = answer.Id.Span,
            Name = answer.Model.Span,
            Created = answer.Created,
            Figures = new ReadOnlySpan<Usage>(in input),
        });
        for (var i = 0; i < answer.Blocks.Count; i++)
        {
            PlayBlock(answer.Blocks[i], i, sink);
        }

        foreach (var extension in answer.Extensions)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Extension, Name = Encoding.UTF8.GetBytes(extension.Name), Raw = extension.Value.Span });
        }

        if (!answer.Usage.IsEmpty)
        {
            sink.On(ResponseEvent.Of(answer.Usage));
        }

        for (var choice = 0; choice < answer.Stops.Count; choice++)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Finish, Choice = choice, Stop = answer.Stops[choice] });
        }

        sink.On(new ResponseEvent { Kind = EventKind.End });
    }

    private static void PlayBlock(AnswerBlock block, int index, IResponseSink sink)
    {
        sink.On(new ResponseEvent
        {
            Kind = EventKind.BlockStart,
            Index = index,
            Choice = block.Choice,
            Block = block.Kind,
            Id = block.Id.Span,
            Name = block.Name.Span,
            Namespace = block.Namespace.Span,
            Outcome = block.Outcome,
            Raw = block.Raw.Span,
        });
        PlayText(block, index, sink);
        PlayDelta(DeltaKind.Redacted, block.Redacted, block, index, sink);
        PlayDelta(DeltaKind.Signature, block.Signature, block, index, sink);
        foreach (var citation in block.Citations)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = index, Choice = block.Choice, Block = block.Kind, Citation = citation });
        }

        if (!block.Logprobs.IsAbsent)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Logprobs, Index = index, Choice = block.Choice, Block = block.Kind, Raw = block.Logprobs.Span });
        }

        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = index, Choice = block.Choice, Block = block.Kind });
    }

    private static void PlayText(AnswerBlock block, int index, IResponseSink sink)
    {
        var from = 0;
        foreach (var at in block.SummaryBreaks)
        {
            PlayDelta(DeltaKind.Text, new JsonText(block.Text.Escaped[from..at]), block, index, sink);
            sink.On(new ResponseEvent
            {
                Kind = EventKind.BlockDelta,
                Index = index,
                Choice = block.Choice,
                Block = block.Kind,
                Delta = DeltaKind.SummaryBreak,
            });
            from = at;
        }

        PlayDelta(DeltaKind.Text, new JsonText(block.Text.Escaped[from..]), block, index, sink);
    }

    private static void PlayDelta(DeltaKind kind, JsonText text, AnswerBlock block, int index, IResponseSink sink)
    {
        if (!text.IsEmpty)
        {
            sink.On(new ResponseEvent
            {
                Kind = EventKind.BlockDelta,
                Index = index,
                Choice = block.Choice,
                Block = block.Kind,
                Delta = kind,
                Text = text.Span,
            });
        }
    }

    /// <summary>What a stream's first event can know: nothing has been written yet.</summary>
    private static Usage InputOf(in Usage usage) => new()
    {
        Input = usage.Input,
        CacheRead = usage.CacheRead,
        CacheWrite5m = usage.CacheWrite5m,
        CacheWrite1h = usage.CacheWrite1h,
        InputAudio = usage.InputAudio,
        InputImage = usage.InputImage,
        IsEstimate = usage.IsEstimate,
    };
}
