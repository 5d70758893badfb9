using System.Buffers;
using System.Text.Unicode;
using BifrostLite.Pipeline.Extras;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>Commits an answer and brings it to the caller: verbatim or translated, whole or streamed.</summary>
internal static class AnswerRelay
{
    /// <summary>Most answers are this much longer at most in another dialect: one buffer, no growth.</summary>
    private const int Margin = 512;

    public static Task RunAsync(Exchange exchange, PreparedRequest prepared, UpstreamAnswer answer)
    {
        if (exchange.Route.Operation == Operation.Native)
        {
            return NativeRelay.RunAsync(exchange, answer);
        }

        if (answer.IsStream)
        {
            return StreamAsync(exchange, prepared, answer);
        }

        if (exchange.WantsStream)
        {
            return ReplayAsync(exchange, prepared, answer);
        }

        return exchange.Candidate!.IsVerbatim
            ? WriteAsync(exchange, prepared, answer, answer.Pump.UnreadMemory)
            : TranslateAsync(exchange, prepared, answer);
    }

    /// <summary>Reads a whole answer into the hub. Its error, if it has one, is not the caller's yet: another candidate may answer.</summary>
    public static GatewayError? Read(Exchange exchange, UpstreamAnswer answer)
    {
        if (!Utf8.IsValid(answer.Pump.Unread))
        {
            // Copied on, it would be JSON that the caller cannot read either.
            var provider = exchange.Candidate!.Provider.Name;
            return GatewayError.Upstream($"Provider \"{provider}\" sent an answer that is not valid UTF-8.", provider);
        }

        var dialect = exchange.Route.Dialect;
        answer.Context = Context(exchange);
        answer.Written = dialect.CreateAnswerSink(answer.Context);
        var builder = answer.Written is null ? new AnswerBuilder(answer.Pump.UnreadMemory) : null;
        answer.Read = builder?.Answer;
        var chain = new AnswerChain(exchange, dialect.Rules, answer.Written ?? (IResponseSink)builder!);
        exchange.Candidate!.Dialect.ReadAnswer(answer.Pump.UnreadMemory, chain.Entry);
        chain.Complete();
        return exchange.Facts.Error;
    }

    private static async Task StreamAsync(Exchange exchange, PreparedRequest prepared, UpstreamAnswer answer)
    {
        var candidate = exchange.Candidate!;
        var dialect = exchange.Route.Dialect;
        var output = exchange.Http.Response.BodyWriter;
        Caller.Commit(exchange, answer.Response, dialect.StreamContentType, null);
        using var extras = ExtraFields.For(exchange, prepared.Body);
        if (extras is not { SendsRequest: true })
        {
            prepared.Answered(answer.Response.Version);
            if (candidate.IsVerbatim)
            {
                exchange.ReleaseBody(answer.Response.Version);
            }
        }

        var context = Context(exchange);
        if (candidate.IsVerbatim)
        {
            await Relay.StreamAsync(exchange, answer, new VerbatimRelay(dialect, exchange.Facts, prepared.UnaskedUsage, context, extras, output));
            return;
        }

        using var chain = Encoding(exchange, context, extras);
        await Relay.StreamAsync(exchange, answer, new TranslatedRelay(candidate.Dialect.CreateDecoder(), chain));
    }

    /// <summary>The provider answered whole although a stream was asked for: the answer is played as one.</summary>
    private static async Task ReplayAsync(Exchange exchange, PreparedRequest prepared, UpstreamAnswer answer)
    {
        var dialect = exchange.Route.Dialect;
        Caller.Commit(exchange, answer.Response, dialect.StreamContentType, null);
        using var extras = ExtraFields.For(exchange, prepared.Body);
        using var chain = Encoding(exchange, Context(exchange), extras);
        extras?.KeepRaw(answer.Pump.Unread);
        exchange.Candidate!.Dialect.ReadAnswer(answer.Pump.UnreadMemory, chain.Entry);
        chain.Complete();
        chain.Flush();
        exchange.BytesOut = chain.BytesOut;
        exchange.Failure = exchange.Facts.Error;
        await exchange.Http.Response.BodyWriter.FlushAsync(exchange.Aborted);
    }

    /// <summary>The chain of a translated stream: through the splices, where the route has any, to the caller.</summary>
    private static AnswerChain Encoding(Exchange exchange, AnswerContext context, ExtraFields? extras)
    {
        var dialect = exchange.Route.Dialect;
        var written = new CountingWriter(exchange.Http.Response.BodyWriter);
        var spliced = extras is null ? null : new SplicedOutput(extras, written);
        return new AnswerChain(exchange, dialect.Rules, dialect.CreateEncoder(context, (IBufferWriter<byte>?)spliced ?? written), written, spliced);
    }

    private static Task TranslateAsync(Exchange exchange, PreparedRequest prepared, UpstreamAnswer answer)
    {
        if (exchange.Route.Operation == Operation.CountTokens)
        {
            return TokenCounts.RelayAsync(exchange, answer);
        }

        var body = new PooledBuffer(answer.Pump.Unread.Length + Margin);
        if (answer.Written is { } written)
        {
            written.Write(body);
        }
        else
        {
            exchange.Route.Dialect.WriteAnswer(answer.Read!, answer.Context!, body);
        }

        var writing = WriteAsync(exchange, prepared, answer, body.Memory);
        if (!writing.IsCompletedSuccessfully)
        {
            return FinishAsync(writing, body);
        }

        body.Dispose();
        return Task.CompletedTask;
    }

    private static async Task FinishAsync(Task writing, PooledBuffer body)
    {
        using (body)
        {
            await writing;
        }
    }

    private static Task WriteAsync(Exchange exchange, PreparedRequest prepared, UpstreamAnswer answer, ReadOnlyMemory<byte> body)
    {
        exchange.MarkWhole();
        var upstream = answer.Response;
        if (exchange.Turn is { } turn)
        {
            turn.TakeAnswer(body.Span);
            body = turn.Shape(body);
        }

        if (ExtraFields.For(exchange, prepared.Body) is { } extras)
        {
            using (extras)
            {
                return WholeExtras.WriteAsync(exchange, extras, answer, body);
            }
        }

        exchange.BytesOut = body.Length;
        Caller.Commit(exchange, upstream, "application/json", body.Length);
        var written = exchange.Http.Response.BodyWriter.WriteAsync(body, exchange.Aborted);
        if (!written.IsCompletedSuccessfully)
        {
            return written.AsTask();
        }

        written.GetAwaiter().GetResult();
        return Task.CompletedTask;
    }

    private static AnswerContext Context(Exchange exchange)
    {
        var candidate = exchange.Candidate!;
        return new AnswerContext
        {
            Model = candidate.Model,
            Origin = new Origin(candidate.Provider.Name, candidate.Target.Family, candidate.Dialect.Name),
            Request = exchange.Request,
            RequestBody = exchange.Asked,
            ExchangeId = exchange.Turn?.Id ?? exchange.Id,
            Keeper = exchange.Turn,
            Created = exchange.Created,
            Clock = exchange.Clock,
            StartedAt = exchange.StartedAt,
            Losses = exchange.Losses,
        };
    }
}
