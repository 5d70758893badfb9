using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Extras;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Providers;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Allocation;

/// <summary>extra_fields in every frame of a stream that passes verbatim cost copying, and nothing for the collector.</summary>
public sealed class ExtraFieldsAllocationTests
{
    [Theory]
    [InlineData(DialectNames.Chat)]
    [InlineData(DialectNames.Responses)]
    public void Take_FramesWithMembersSplicedIn_AllocateNothing(string name)
    {
        var dialect = Dialects.Get(name);
        using var exchange = ExchangeOf(dialect);
        using var extras = ExtraFields.For(exchange, default)!;
        var stream = new WireStream(dialect);
        var frames = WireStream.Reader(dialect);
        var output = new DiscardingWriter();
        var relay = new VerbatimRelay(dialect, new StreamFacts(), UnaskedUsage.Callers, WireStream.Context(name), extras, output);
        relay.Take(stream.WarmUp, frames, isLast: false);
        var written = output.Total;
        var before = GC.GetAllocatedBytesForCurrentThread();

        relay.Take(stream.Steady, frames, isLast: false);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.InRange(output.Total - written, stream.Steady.Length + (WireStream.Deltas * ",\"extra_fields\":{}".Length), long.MaxValue);
    }

    [Theory]
    [InlineData(DialectNames.Chat)]
    [InlineData(DialectNames.Responses)]
    public void Flush_FramesOfAnEncoder_AllocateNothing(string name)
    {
        var dialect = Dialects.Get(name);
        using var exchange = ExchangeOf(dialect);
        using var extras = ExtraFields.For(exchange, default)!;
        var stream = new WireStream(dialect);
        var output = new DiscardingWriter();
        using var spliced = new SplicedOutput(extras, output);
        Pass(stream.Steady, spliced);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Pass(stream.Steady, spliced);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Pass(ReadOnlySpan<byte> bytes, SplicedOutput output)
    {
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
        output.Flush();
    }

    private static Exchange ExchangeOf(Dialect dialect)
    {
        var provider = ProviderKit.Make("openai", ProviderKit.Key("sk-none"));
        var route = new InboundRoute(dialect, Operation.Generate, PeekRules.ChatCompletions, "openai") { IsUnified = true };
        return new Exchange(new DefaultHttpContext(), route, new PathFacts("openai/model", true), null!, TimeProvider.System)
        {
            Candidate = new Candidate(provider, provider.Routes[0], dialect, "model", provider.Keys[0], true) { Asked = "model", Lane = new Lane(TimeProvider.System) },
        };
    }
}
