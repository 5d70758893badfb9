using System.Buffers;
using System.Net;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Demo;

/// <summary>
/// The demo provider's upstream, inside the process: takes the HTTP requests the gateway would send, in every dialect it
/// can call, and answers as that API would. No network, no key; the same request gives the same answer.
/// </summary>
internal sealed class DemoHandler(TimeProvider clock) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var match = DemoRoutes.Match(request.RequestUri!.AbsolutePath);
        if (match is { Route.Operation: Operation.ListModels })
        {
            return Whole(HttpStatusCode.OK, DemoBodies.Models);
        }

        if (match is null || Dialects.Find(match.Route.Dialect) is not { } dialect)
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent($"The demo provider has no {request.RequestUri.AbsolutePath}.") };
        }

        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var answer = match.Route.Operation switch
        {
            Operation.Generate => await GenerateAsync(dialect, match, body, cancellationToken),
            Operation.Embeddings => Embeddings(dialect, body),
            _ => Count(dialect, match, body),
        };
        answer.Headers.TryAddWithoutValidation("x-request-id", "demo-" + DemoText.Digest(request.RequestUri.AbsolutePath + body.Length));
        answer.RequestMessage = request;
        return answer;
    }

    private async Task<HttpResponseMessage> GenerateAsync(Dialect dialect, DemoMatch match, byte[] body, CancellationToken cancellationToken)
    {
        // Who calls by path says there whether to stream; for the others the body says it.
        var hasPathStream = match.Route.StreamPath is not null;
        var source = new RequestSource(body, match.Model, hasPathStream ? match.IsStream : null);
        if (dialect.ReadRequest(source, out var chat) is { } wrong)
        {
            return Failed(dialect, wrong);
        }

        var name = match.Model.Length > 0 ? match.Model : chat.Model;
        chat.Model = name;
        var request = new DemoRequest(dialect, DemoModel.Parse(name), chat, body);
        await Task.Delay(request.Model.HeaderDelay, clock, cancellationToken);
        if (DemoScript.Refusal(request.Model) is { } refusal)
        {
            return Failed(dialect, refusal);
        }

        var script = new DemoScript(request);
        return (hasPathStream ? match.IsStream : chat.Stream) ? Streamed(request, script) : await WholeAsync(request, script, cancellationToken);
    }

    private HttpResponseMessage Streamed(DemoRequest request, DemoScript script)
    {
        var content = new StreamContent(new DemoStream(script.Play(), request.Dialect, ContextOf(request), clock));
        content.Headers.TryAddWithoutValidation("Content-Type", request.Dialect.StreamContentType);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    /// <summary>A whole answer takes no time for its tokens; only what stalls, stalls.</summary>
    private async Task<HttpResponseMessage> WholeAsync(DemoRequest request, DemoScript script, CancellationToken cancellationToken)
    {
        var context = ContextOf(request);
        var builder = new AnswerBuilder();
        var guard = new StreamGuard(builder, StreamRules.Interleaved | StreamRules.Choices, context.Losses);
        foreach (var e in script.Play())
        {
            if (e.Delay == Timeout.InfiniteTimeSpan)
            {
                await Task.Delay(e.Delay, clock, cancellationToken);
            }

            if (e.IsCut)
            {
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "The demo upstream broke the connection.");
            }

            e.Play(guard);
        }

        guard.Complete();
        return builder.Answer.Error is { } error
            ? Failed(request.Dialect, error)
            : Whole(HttpStatusCode.OK, output => request.Dialect.WriteAnswer(builder.Answer, context, output));
    }

    private static HttpResponseMessage Count(Dialect dialect, DemoMatch match, byte[] body) =>
        dialect.ReadTokenCount(new RequestSource(body, match.Model, null), out var chat) is { } wrong
            ? Failed(dialect, wrong)
            : Whole(HttpStatusCode.OK, output => dialect.WriteTokenTotal(TokenEstimate.Of(chat), output));

    private static HttpResponseMessage Embeddings(Dialect dialect, byte[] body)
    {
        var output = new ArrayBufferWriter<byte>();
        return DemoEmbeddings.Write(body, output) is { } error ? Failed(dialect, error) : Whole(HttpStatusCode.OK, into => into.Write(output.WrittenSpan));
    }

    private static HttpResponseMessage Failed(Dialect dialect, GatewayError error)
    {
        var response = Whole((HttpStatusCode)error.Status, output => dialect.WriteError(error, output));
        if (error.Status is 429 or 503 or 529)
        {
            response.Headers.TryAddWithoutValidation("retry-after", "1");
        }

        return response;
    }

    private static HttpResponseMessage Whole(HttpStatusCode status, Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        var content = new ReadOnlyMemoryContent(output.WrittenMemory);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return new HttpResponseMessage(status) { Content = content };
    }

    private AnswerContext ContextOf(DemoRequest request) => new()
    {
        Model = request.Chat.Model,
        Origin = new Origin(DemoProvider.Name, request.Dialect.NativeFamily, request.Dialect.Name),
        Request = request.Chat,
        RequestBody = request.Body,
        ExchangeId = DemoText.Digest(Convert.ToBase64String(request.Body.Span)),
        Created = clock.GetUtcNow().ToUnixTimeSeconds(),
        Losses = new Losses(),
    };
}
