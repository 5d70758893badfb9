using System.Buffers;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>Writes a whole answer with the members of <see cref="ExtraFields"/> spliced in: three pieces of the body and two of ours.</summary>
internal static class WholeExtras
{
    public static Task WriteAsync(Exchange exchange, ExtraFields extras, UpstreamAnswer answer, ReadOnlyMemory<byte> body)
    {
        using var cost = new PooledBuffer(256);
        using var members = new PooledBuffer(512);
        var json = body.Span;
        var end = json.LastIndexOf((byte)'}');
        var usage = UsageOf(exchange, json);

        // A provider that is a gateway of this kind itself has told its own.
        if (end > 1 && json[..end].TrimEnd(" \r\n\t"u8)[^1] != '{' && !TellsItsOwn(exchange, json))
        {
            extras.Whole(answer.Pump.Unread, cost, members);
        }

        var first = cost.Length > 0 && !usage.IsEmpty ? usage.End - 1 : 0;
        var length = json.Length + members.Length + (first > 0 ? cost.Length : 0);
        exchange.BytesOut = length;
        Caller.Commit(exchange, answer.Response, "application/json", length);
        var output = exchange.Http.Response.BodyWriter;
        if (first > 0)
        {
            output.Write(json[..first]);
            output.Write(cost.Span);
        }

        output.Write(json[first..Math.Max(end, 0)]);
        output.Write(members.Span);
        output.Write(json[Math.Max(end, 0)..]);
        var flushed = output.FlushAsync(exchange.Aborted);
        return flushed.IsCompletedSuccessfully ? Task.CompletedTask : flushed.AsTask();
    }

    private static bool TellsItsOwn(Exchange exchange, ReadOnlySpan<byte> json) =>
        exchange.Candidate!.IsVerbatim && exchange.Facts.HasExtraFields is { } seen ? seen : json.IndexOf("\"extra_fields\":"u8) >= 0;

    /// <summary>The tap has seen where a verbatim answer's usage stands; one that was translated is walked.</summary>
    private static ByteRange UsageOf(Exchange exchange, ReadOnlySpan<byte> json) =>
        exchange.Candidate!.IsVerbatim && exchange.Facts.UsageAt is { IsEmpty: false } seen
            ? UsagePlace.WithoutCost(json, seen)
            : UsagePlace.Find(json);
}
