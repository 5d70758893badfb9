using System.IO.Pipelines;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>
/// The pump from upstream to caller. Each turn takes every complete frame that is there, hands them on, and flushes once;
/// awaiting the flush is what puts a slow caller's back-pressure on the upstream.
/// </summary>
internal static class Relay
{
    /// <summary>As long as a finished answer has anyway to give its last chunk, before its connection is given up (HttpPools).</summary>
    private static readonly TimeSpan TailTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Relays a stream to its end. What goes wrong becomes an error event in the caller's dialect.</summary>
    public static async Task StreamAsync(Exchange exchange, UpstreamAnswer answer, StreamRelay relay)
    {
        var output = exchange.Http.Response.BodyWriter;
        var pump = answer.Pump;
        var status = PumpStatus.Data;
        while (true)
        {
            var before = relay.BytesOut;
            Drain(answer, relay, status == PumpStatus.Ended);
            if (relay.IsOver || status != PumpStatus.Data)
            {
                break;
            }

            if (relay.BytesOut > before)
            {
                MarkFirstToken(exchange);
                exchange.BytesOut = relay.BytesOut; // a caller who leaves ends this here
                await FlushAsync(exchange, output);
            }

            status = await pump.ReadAsync();
        }

        if (status == PumpStatus.Data && relay.AwaitsTail)
        {
            await TakeTailAsync(exchange, answer, relay, output);
        }

        relay.Complete(Failure(exchange, status, relay.IsCorrupt));
        exchange.BytesOut = relay.BytesOut;
        exchange.Failure = exchange.Facts.Error;
        MarkFirstToken(exchange);
        if (!EndsAtOnce(exchange))
        {
            await FlushAsync(exchange, output);
        }
    }

    /// <summary>The end is there and sent; what the provider puts behind it passes, unless it keeps the caller waiting.</summary>
    private static async Task TakeTailAsync(Exchange exchange, UpstreamAnswer answer, StreamRelay relay, PipeWriter output)
    {
        var status = PumpStatus.Data;
        while (status == PumpStatus.Data)
        {
            exchange.BytesOut = relay.BytesOut;
            await FlushAsync(exchange, output);
            status = await answer.Pump.ReadAsync(WaitPhase.Silence, TailTime);
            Drain(answer, relay, status == PumpStatus.Ended);
        }
    }

    /// <summary>
    /// The request is over with its stream, and the server sends what is left together with the end of the body: one call of the system less.
    /// Over HTTP/1.1, for somebody who is connected, where nothing else is waited for.
    /// </summary>
    private static bool EndsAtOnce(Exchange exchange) =>
        exchange.Failure is null && exchange.Outrun is null && exchange.Turn is null && exchange.Detached is null
        && exchange.Http.Response.HasStarted && HttpProtocol.IsHttp11(exchange.Http.Request.Protocol);

    private static void Drain(UpstreamAnswer answer, StreamRelay relay, bool isLast)
    {
        var consumed = relay.Take(answer.Pump.Unread, answer.Frames!, isLast);
        if (consumed > 0)
        {
            answer.Pump.Consume(consumed);
        }
    }

    private static ValueTask FlushAsync(Exchange exchange, PipeWriter output)
    {
        var flushing = output.FlushAsync(exchange.Aborted);
        if (!flushing.IsCompletedSuccessfully)
        {
            return FlushSlowlyAsync(exchange, flushing);
        }

        Check(exchange, flushing.Result);
        return default;
    }

    private static async ValueTask FlushSlowlyAsync(Exchange exchange, ValueTask<FlushResult> flushing) => Check(exchange, await flushing);

    private static void Check(Exchange exchange, FlushResult result)
    {
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("The caller closed the connection.", exchange.Aborted);
        }
    }

    private static void MarkFirstToken(Exchange exchange)
    {
        if (exchange.Facts.HasContent)
        {
            exchange.MarkFirstToken();
        }
    }

    /// <summary>Why the stream stopped before its own end; null where it merely closed.</summary>
    private static GatewayError? Failure(Exchange exchange, PumpStatus status, bool isCorrupt)
    {
        var provider = exchange.Candidate!.Provider;
        if (isCorrupt)
        {
            return GatewayError.Upstream($"Provider \"{provider.Name}\" sent a stream that is damaged.", provider.Name);
        }

        return status switch
        {
            PumpStatus.Broken => GatewayError.Upstream($"The connection to provider \"{provider.Name}\" broke in mid-stream.", provider.Name),
            PumpStatus.TooLong => GatewayError.Upstream(
                $"Provider \"{provider.Name}\" sent a frame of more than {SseFrameReader.MaxFrameBytes >> 20} MiB.", provider.Name),
            PumpStatus.Idle => Attempts.TooSlow(exchange),
            _ => null,
        };
    }
}
