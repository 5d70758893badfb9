using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Messages;

/// <summary>Writes each event down as one short line.</summary>
internal sealed class EventLog : IResponseSink
{
    public List<string> Lines { get; } = [];

    public Usage Usage { get; private set; }

    public GatewayError? Error { get; private set; }

    public Citation? Citation { get; private set; }

    public ServerToolOutcome? Outcome { get; private set; }

    public void On(in ResponseEvent e)
    {
        Usage = e.Kind is EventKind.Usage or EventKind.MessageStart ? e.Usage : Usage;
        Error = e.Error ?? Error;
        Citation = e.Citation ?? Citation;
        Outcome = e.Outcome ?? Outcome;
        Lines.Add(e.Kind switch
        {
            EventKind.MessageStart => $"start {Text(e.Id)} {Text(e.Name)}",
            EventKind.BlockStart => $"+{e.Index} {e.Block} {Text(e.Id)} {Text(e.Name)}".TrimEnd(),
            EventKind.BlockDelta => $"~{e.Index} {e.Delta} {Text(e.Text)}",
            EventKind.BlockStop => $"-{e.Index}",
            EventKind.Annotation => $"cite {e.Index} {e.Citation!.Kind}",
            EventKind.Finish => $"finish {e.Stop.Kind} {e.Stop.Native}{e.Stop.Sequence}".TrimEnd(),
            EventKind.Error => $"error {e.Error!.Kind} {e.Error.Message}",
            EventKind.Extension => $"extension {Text(e.Name)}",
            _ => e.Kind.ToString(),
        });
    }

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
