using BifrostLite.Pipeline.Accounting;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>Writes a whole answer with the members of <see cref="ExtraFields"/> spliced in: made up in one buffer, given to the caller in one piece.</summary>
internal static class WholeExtras
{
    /// <summary>What the members usually take.</summary>
    private const int Margin = 512;

    public static Task WriteAsync(Exchange exchange, ExtraFields extras, UpstreamAnswer answer, ReadOnlyMemory<byte> body)
    {
        var whole = new PooledBuffer(body.Length + Margin);
        Fill(whole, exchange, extras, answer, body.Span);
        exchange.BytesOut = whole.Length;
        Caller.Commit(exchange, answer.Response, "application/json", whole.Length);
        var written = exchange.Http.Response.BodyWriter.WriteAsync(whole.Memory, exchange.Aborted);
        if (!written.IsCompletedSuccessfully)
        {
            return FinishAsync(written.AsTask(), whole);
        }

        written.GetAwaiter().GetResult();
        whole.Dispose();
        return Task.CompletedTask;
    }

    private static async Task FinishAsync(Task writing, PooledBuffer whole)
    {
        using (whole)
        {
            await writing;
        }
    }

    private static void Fill(PooledBuffer whole, Exchange exchange, ExtraFields extras, UpstreamAnswer answer, ReadOnlySpan<byte> json)
    {
        var done = 0;
        var end = json.LastIndexOf((byte)'}');

        // A provider that is a gateway of this kind itself has told its own.
        if (end > 1 && json[..end].TrimEnd(" \r\n\t"u8)[^1] != '{' && !TellsItsOwn(exchange, json))
        {
            if (Settlement.Price(exchange) is { Source: CostSource.Sheet } cost && UsageOf(exchange, json) is { IsEmpty: false } usage)
            {
                done = usage.End - 1;
                whole.Write(json[..done]);
                CostJson.WriteMember(cost, whole);
            }

            whole.Write(json[done..end]);
            extras.WriteWhole(answer.Pump.Unread, whole);
            done = end;
        }

        whole.Write(json[done..]);
    }

    /// <summary>No dialect writes such members: an answer that was translated has none.</summary>
    private static bool TellsItsOwn(Exchange exchange, ReadOnlySpan<byte> json) =>
        exchange.Candidate!.IsVerbatim && (exchange.Facts.HasExtraFields ?? json.IndexOf("\"extra_fields\":"u8) >= 0);

    /// <summary>The tap has seen where a verbatim answer's usage stands.</summary>
    private static ByteRange UsageOf(Exchange exchange, ReadOnlySpan<byte> json) => !exchange.Candidate!.IsVerbatim ? UsagePlace.FindFromBehind(json)
        : exchange.Facts.UsageAt is { IsEmpty: false } seen ? UsagePlace.WithoutCost(json, seen)
        : UsagePlace.Find(json);
}
