using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

/// <summary>Writes each event down as one short line, for tests to compare.</summary>
internal sealed class RecordingSink : IResponseSink
{
    public List<string> Lines { get; } = [];

    public List<Step> Steps { get; } = [];

    public string Trace => string.Join('\n', Lines);

    public void On(in ResponseEvent e)
    {
        Lines.Add(Line(e));
        Steps.Add(new Step(e.Kind, e.Index, e.Choice, e.Block, e.Delta, Text(e.Text)));
    }

    private static string Line(in ResponseEvent e)
    {
        var choice = e.Choice == 0 ? "" : $"@{e.Choice}";
        return e.Kind switch
        {
            EventKind.MessageStart => $"start {Text(e.Id)} {Text(e.Name)} in={e.Usage.Input}",
            EventKind.BlockStart => $"+{e.Index}{choice} {e.Block} {Text(e.Id)} {Text(e.Namespace)}{(e.Namespace.IsEmpty ? "" : "/")}{Text(e.Name)}".TrimEnd(),
            EventKind.BlockDelta => $"{e.Index}{choice} {(e.Delta == DeltaKind.Text ? "" : e.Delta + " ")}{Text(e.Text)}".TrimEnd(),
            EventKind.BlockStop => $"-{e.Index}{choice}",
            EventKind.Annotation => $"{e.Index}{choice} cites {e.Citation?.Url}",
            EventKind.Logprobs => $"{e.Index}{choice} logprobs {Text(e.Raw)}",
            EventKind.Usage => $"usage in={e.Usage.Input} out={e.Usage.Output}",
            EventKind.Finish => $"finish{choice} {e.Stop.Kind}",
            EventKind.Error => $"error {e.Error?.Message}",
            EventKind.End => "end",
            _ => $"extension {Text(e.Name)} {Text(e.Raw)}",
        };
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}

/// <summary>An event that can be kept: what generators make and checkers read.</summary>
internal sealed record Step(EventKind Kind, int Index = 0, int Choice = 0, BlockKind Block = default, DeltaKind Delta = default, string Text = "")
{
    public void Play(IResponseSink sink) => sink.On(new ResponseEvent
    {
        Kind = Kind,
        Index = Index,
        Choice = Choice,
        Block = Block,
        Delta = Delta,
        Text = Encoding.UTF8.GetBytes(Text),
        Citation = Kind == EventKind.Annotation ? new Citation(CitationKind.Url) : null,
        Raw = Kind == EventKind.Logprobs ? "[1]"u8 : default,
        Error = Kind == EventKind.Error ? GatewayError.Upstream("broken") : null,
        Figures = Kind == EventKind.Usage ? [new Usage { Input = 1 }] : default,
    });
}

/// <summary>Short spellings of events for tests.</summary>
internal static class SinkPlays
{
    public static void Start(this IResponseSink sink, string id = "m") =>
        sink.On(new ResponseEvent { Kind = EventKind.MessageStart, Id = Encoding.UTF8.GetBytes(id), Name = "model"u8 });

    public static void Open(this IResponseSink sink, int index, BlockKind block, string id = "", string name = "", int choice = 0) =>
        sink.On(new ResponseEvent
        {
            Kind = EventKind.BlockStart,
            Index = index,
            Block = block,
            Choice = choice,
            Id = Encoding.UTF8.GetBytes(id),
            Name = Encoding.UTF8.GetBytes(name),
        });

    public static void Add(this IResponseSink sink, int index, string text, DeltaKind delta = DeltaKind.Text, int choice = 0) =>
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = index, Choice = choice, Delta = delta, Text = Encoding.UTF8.GetBytes(text) });

    public static void Stop(this IResponseSink sink, int index, int choice = 0) =>
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = index, Choice = choice });

    public static void Finish(this IResponseSink sink, StopKind stop = StopKind.Stop, int choice = 0) =>
        sink.On(new ResponseEvent { Kind = EventKind.Finish, Choice = choice, Stop = new StopReason(stop) });

    public static void Count(this IResponseSink sink, Usage usage) => sink.On(ResponseEvent.Of(in usage));

    public static void End(this IResponseSink sink) => sink.On(new ResponseEvent { Kind = EventKind.End });
}
