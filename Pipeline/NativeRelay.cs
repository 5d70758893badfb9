using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>
/// Brings answers through that the gateway does not read: sounds, pictures, completions, whole or streamed, byte for byte, with the type the
/// provider gave them. The usage of a short JSON answer is told to the accounts.
/// </summary>
internal static class NativeRelay
{
    /// <summary>Read ahead of a slow caller, and the answer up to which usage is looked for: pictures in base64 are longer.</summary>
    private const int MostBytes = 1 << 20;

    /// <summary>An answer is one when its first bytes are there.</summary>
    public static async ValueTask<Attempt> OpenAsync(Exchange exchange, HttpResponseMessage response)
    {
        var network = exchange.Candidate!.Provider.Network;
        var pump = new UpstreamPump(response.Content.ReadAsStream(exchange.Aborted), network.StreamIdleTimeout, MostBytes, waitsIdle: true, exchange.Deadline);
        var answer = new UpstreamAnswer(response, pump, null);
        var status = PumpStatus.Broken;
        try
        {
            status = await pump.ReadAsync();
            return status == PumpStatus.Data
                ? new Attempt { Answer = answer }
                : Attempt.Failed(Attempts.NoAnswer(exchange, status, isStream: false), Attempts.CauseOf(exchange, status));
        }
        finally
        {
            if (status != PumpStatus.Data)
            {
                answer.Dispose();
            }
        }
    }

    /// <summary>Copies to the end. An answer that breaks off breaks off for the caller too: its bytes have no other way to say so.</summary>
    public static async Task RunAsync(Exchange exchange, UpstreamAnswer answer)
    {
        var content = answer.Response.Content.Headers;
        var type = content.ContentType?.ToString() ?? "application/octet-stream";
        Caller.Commit(exchange, answer.Response, type, content.ContentLength);
        using var kept = content.ContentType?.MediaType == "application/json" ? new PooledBuffer() : null;
        var output = exchange.Http.Response.BodyWriter;
        var status = PumpStatus.Data;
        while (status == PumpStatus.Data)
        {
            var bytes = answer.Pump.UnreadMemory;
            if (kept?.Length + bytes.Length <= MostBytes)
            {
                kept!.Write(bytes.Span);
            }

            exchange.BytesOut += bytes.Length;
            await output.WriteAsync(bytes, exchange.Aborted);
            answer.Pump.Consume(bytes.Length);
            status = await answer.Pump.ReadAsync();
        }

        if (status != PumpStatus.Ended)
        {
            exchange.Failure = Attempts.NoAnswer(exchange, status, isStream: false);
            exchange.Http.Abort();
        }
        else if (kept?.Length == exchange.BytesOut)
        {
            Count(exchange, kept.Span);
        }
    }

    /// <summary>Whatever else the answer is, this is what text and images call their tokens (developers.openai.com/api/reference).</summary>
    private static void Count(Exchange exchange, ReadOnlySpan<byte> body)
    {
        var usage = exchange.Facts.Usage;
        for (var members = new JsonMembers(body); members.MoveNext();)
        {
            for (var figures = new JsonMembers(members.Is("usage"u8) ? members.Raw : default); figures.MoveNext();)
            {
                if (figures.Is("prompt_tokens"u8) || figures.Is("input_tokens"u8))
                {
                    usage.Input = figures.Integer;
                }
                else if (figures.Is("completion_tokens"u8) || figures.Is("output_tokens"u8))
                {
                    usage.Output = figures.Integer;
                }
            }
        }

        exchange.Facts.Usage = usage;
    }
}
