using BifrostLite.Pipeline;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Allocation;

/// <summary>
/// What a text delta may allocate on its way through the gateway's own code: nothing where it passes verbatim, an amortised
/// handful of bytes (text kept for a closing event) where it is translated. The collector works for every byte more, at
/// every token of every stream.
/// </summary>
public sealed class StreamAllocationTests
{
    /// <summary>The budget of a translated delta, buffers that grow with the answer included.</summary>
    private const int MaxBytesPerDelta = 16;

    private static readonly Dialect[] Upstreams = [Dialects.Chat, Dialects.Responses, Dialects.Messages, Dialects.Converse, Dialects.GenerateContent];

    public static TheoryData<string> Names => [.. Upstreams.Select(dialect => dialect.Name)];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var from in Upstreams)
            {
                foreach (var to in Upstreams.Where(to => to != from))
                {
                    pairs.Add(from.Name, to.Name);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Take_VerbatimFrames_AllocateNothing(string name) =>
        // A pool that a collection has emptied is filled again once; what every frame costs is there each time.
        Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => AllocatedByVerbatimFrames(Dialects.Get(name))));

    private static long AllocatedByVerbatimFrames(Dialect dialect)
    {
        var stream = new WireStream(dialect);
        var frames = WireStream.Reader(dialect);
        var output = new DiscardingWriter();
        var relay = new VerbatimRelay(dialect, new StreamFacts(), UnaskedUsage.Callers, WireStream.Context(dialect.Name), null, output);
        relay.Take(stream.WarmUp, frames, isLast: false);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var taken = relay.Take(stream.Steady, frames, isLast: false);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(stream.Steady.Length, taken);
        Assert.Equal(stream.WarmUp.Length + taken, output.Total);
        return allocated;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void OnFrame_TranslatedTextDeltas_StayWithinBudget(string from, string to)
    {
        var source = Dialects.Get(from);
        var target = Dialects.Get(to);
        var stream = new WireStream(source);
        var frames = WireStream.Reader(source);
        var decoder = source.CreateDecoder();
        var output = new DiscardingWriter();
        var context = WireStream.Context(to);
        var guard = new StreamGuard(target.CreateEncoder(context, output), target.Rules, context.Losses);
        Translate(stream.WarmUp, frames, decoder, guard);
        var written = output.Total;
        var before = GC.GetAllocatedBytesForCurrentThread();

        Translate(stream.Steady, frames, decoder, guard);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated / (double)WireStream.Deltas, 0, MaxBytesPerDelta);
        Assert.InRange(output.Total - written, WireStream.Deltas * " word".Length, long.MaxValue);
    }

    private static void Translate(ReadOnlySpan<byte> bytes, FrameReader frames, StreamDecoder decoder, StreamGuard guard)
    {
        while (!bytes.IsEmpty && frames.TryRead(bytes, isLast: false, out var consumed, out var frame) is var status and not FrameStatus.Incomplete)
        {
            if (status == FrameStatus.Frame)
            {
                decoder.OnFrame(frame, guard);
            }

            bytes = bytes[consumed..];
        }
    }
}
