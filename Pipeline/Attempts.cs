using System.Runtime.CompilerServices;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using Microsoft.Extensions.Primitives;

namespace BifrostLite.Pipeline;

/// <summary>Calls one candidate up to the point where its answer can be committed.</summary>
internal static class Attempts
{
    /// <summary>An error body longer than this is no error message any more.</summary>
    private const int MaxErrorBytes = 1 << 20;

    /// <summary>A whole answer may hold images; more than this is a fault.</summary>
    private const int MaxAnswerBytes = 256 << 20;

    private static readonly IReadOnlyList<KeyValuePair<string, string>> NoHeaders = [];
    private static readonly IEnumerable<KeyValuePair<string, StringValues>> NoCallersHeaders = [];

    /// <summary>What is to be sent for the exchange's candidate.</summary>
    public static UpstreamCall CallOf(Exchange exchange, PreparedRequest prepared)
    {
        var candidate = exchange.Candidate!;
        var call = new UpstreamCall
        {
            Provider = candidate.Provider,
            Route = candidate.Route,
            Key = candidate.Key.For(candidate.Model),
            Model = candidate.Model,
            Stream = exchange.WantsStream,
            Body = prepared.Body,
            Headers = Forwarded(exchange) ?? NoHeaders,
            ContentType = exchange.Peek?.IsForm == true ? exchange.Http.Request.ContentType ?? "multipart/form-data" : "application/json",
        };
        if (candidate.Provider.Locate is null)
        {
            var memo = candidate.Memo;
            call.Address = call.Stream ? memo.StreamAddress ??= candidate.Provider.Addresses.Find(call) : memo.WholeAddress ??= candidate.Provider.Addresses.Find(call);
        }

        return call;
    }

    /// <summary>Takes a call's result as far as it can be committed: a whole answer is read, a stream's beginning watched.</summary>
    public static ValueTask<Attempt> OpenAsync(Exchange exchange, UpstreamResult result)
    {
        exchange.MarkHeaders();
        if (result.Error is not null)
        {
            return new(Attempt.Failed(result.Error, result.Cause));
        }

        var response = result.Response!;
        if (!response.IsSuccessStatusCode)
        {
            return ReadErrorAsync(exchange, response);
        }

        if (exchange.Route.Operation == Operation.Native)
        {
            return NativeRelay.OpenAsync(exchange, response);
        }

        return exchange.WantsStream && IsStream(response, exchange.Candidate!.Dialect) ? OpenStreamAsync(exchange, response) : OpenWholeAsync(exchange, response);
    }

    private static List<KeyValuePair<string, string>>? Forwarded(Exchange exchange)
    {
        List<KeyValuePair<string, string>>? forwarded = null;
        var dialect = exchange.Candidate!.Dialect.Name;
        var filter = exchange.Snapshot.Config.Client.HeaderFilter;
        var mayForward = (exchange.Marks & (HeaderMarks.Own | HeaderMarks.Vendor)) != 0 || exchange.Snapshot.ForwardsListed;
        foreach (var (name, values) in mayForward ? exchange.Http.Request.Headers : NoCallersHeaders)
        {
            if (UpstreamHeaders.TryForward(name, dialect, filter, out var upstreamName))
            {
                foreach (var value in values)
                {
                    if (UpstreamHeaders.Accepted(upstreamName, value ?? "", exchange.Candidate.Provider.Network.RefusedBetas) is { } accepted)
                    {
                        (forwarded ??= []).Add(new(upstreamName, accepted));
                    }
                }
            }
        }

        if (exchange.Request is { } request && !exchange.Candidate.IsVerbatim && exchange.Candidate.Dialect.HeaderFor(request) is { } header)
        {
            (forwarded ??= []).Add(header);
        }

        return forwarded;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Attempt> OpenStreamAsync(Exchange exchange, HttpResponseMessage response)
    {
        var candidate = exchange.Candidate!;
        var stream = response.Content.ReadAsStream(exchange.Aborted);
        var pump = new UpstreamPump(stream, candidate.Provider.Network.StreamIdleTimeout, SseFrameReader.MaxFrameBytes, waitsIdle: true, exchange.Deadline)
        {
            Copy = exchange.Cache?.Record(response),
        };
        var answer = new UpstreamAnswer(response, pump, StreamOpening.NewReader(candidate.Dialect));
        var isRelayed = false;
        try
        {
            var opening = new StreamOpening(exchange, answer);
            var (error, cause) = await opening.WatchAsync();
            if (opening.IsWhole)
            {
                answer = answer with { Frames = null };
                (error, cause) = (TakeWhole(exchange, answer), FailureCause.BadAnswer);
            }

            isRelayed = error is null;
            return isRelayed ? new Attempt { Answer = answer } : Attempt.Failed(error!, cause);
        }
        finally
        {
            if (!isRelayed)
            {
                answer.Dispose();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Attempt> OpenWholeAsync(Exchange exchange, HttpResponseMessage response)
    {
        var stream = response.Content.ReadAsStream(exchange.Aborted);
        var pump = new UpstreamPump(stream, exchange.Candidate!.Provider.Network.StreamIdleTimeout, MaxAnswerBytes, waitsIdle: false, exchange.Deadline)
        {
            Copy = exchange.Cache?.Record(response),
        };
        var answer = new UpstreamAnswer(response, pump, null);
        var isRelayed = false;
        try
        {
            // An announced length tells the end without another read; HTTP/2 wants its end seen, or takes the stream for abandoned.
            var length = response.Version.Major < 2 ? response.Content.Headers.ContentLength ?? long.MaxValue : long.MaxValue;
            var status = PumpStatus.Data;
            while (status == PumpStatus.Data)
            {
                status = await pump.ReadAsync();
                status = status == PumpStatus.Data && pump.TotalBytes == length ? PumpStatus.Ended : status;
            }

            var (error, cause) = status == PumpStatus.Ended
                ? (TakeWhole(exchange, answer), FailureCause.BadAnswer)
                : (NoAnswer(exchange, status, isStream: false), CauseOf(exchange, status));
            isRelayed = error is null;
            return isRelayed ? new Attempt { Answer = answer } : Attempt.Failed(error!, cause);
        }
        finally
        {
            if (!isRelayed)
            {
                answer.Dispose();
            }
        }
    }

    /// <summary>Reads a whole answer that is to be translated, and only looks at any other.</summary>
    /// <returns>Why it is no answer; null when it is one.</returns>
    private static GatewayError? TakeWhole(Exchange exchange, UpstreamAnswer answer)
    {
        var candidate = exchange.Candidate!;
        if (!candidate.IsVerbatim && candidate.Route.Operation == Operation.Generate && !exchange.WantsStream)
        {
            return AnswerRelay.Read(exchange, answer);
        }

        Look(candidate, answer.Pump.Unread, exchange.Facts);
        return exchange.Facts.Error;
    }

    /// <summary>A 2xx answer may be none all the same: each operation has its own look at it.</summary>
    private static void Look(Candidate candidate, ReadOnlySpan<byte> body, StreamFacts facts)
    {
        switch (candidate.Route.Operation)
        {
            case Operation.Embeddings:
                candidate.Dialect.InspectEmbeddings(body, facts);
                break;
            case Operation.CountTokens:
                facts.Error = candidate.Dialect.ReadTokenTotal(body) is null
                    ? GatewayError.Upstream($"Provider \"{candidate.Provider.Name}\" sent an answer that holds no token count.", candidate.Provider.Name)
                    : null;
                break;
            default:
                candidate.Dialect.InspectAnswer(body, facts);
                break;
        }
    }

    internal static FailureCause CauseOf(Exchange exchange, PumpStatus status) => status switch
    {
        PumpStatus.Idle => exchange.Deadline.Expired == WaitPhase.Whole ? FailureCause.Deadline : FailureCause.Timeout,
        PumpStatus.Broken => FailureCause.Network,
        _ => FailureCause.BadAnswer,
    };

    internal static GatewayError NoAnswer(Exchange exchange, PumpStatus status, bool isStream)
    {
        var provider = exchange.Candidate!.Provider;
        return status switch
        {
            PumpStatus.Idle => TooSlow(exchange),
            PumpStatus.Broken => GatewayError.Upstream($"The connection to provider \"{provider.Name}\" broke before its answer was whole.", provider.Name),
            PumpStatus.TooLong => GatewayError.Upstream(
                $"Provider \"{provider.Name}\" sent {(isStream ? "a frame" : "an answer")} of more than {(isStream ? SseFrameReader.MaxFrameBytes : MaxAnswerBytes) >> 20} MiB.",
                provider.Name),
            _ => GatewayError.Upstream($"Provider \"{provider.Name}\" sent an empty answer.", provider.Name),
        };
    }

    /// <summary>Which time limit ended a read.</summary>
    internal static GatewayError TooSlow(Exchange exchange) => exchange.Deadline.Expired switch
    {
        WaitPhase.Whole => UpstreamFailures.DeadlinePassed(exchange.Deadline.WholeLimit),
        WaitPhase.FirstToken => UpstreamFailures.NoFirstToken(exchange.Candidate!.Provider),
        _ => UpstreamFailures.Silent(exchange.Candidate!.Provider),
    };

    private static async ValueTask<Attempt> ReadErrorAsync(Exchange exchange, HttpResponseMessage response)
    {
        var candidate = exchange.Candidate!;
        var stream = response.Content.ReadAsStream(exchange.Aborted);
        using var pump = new UpstreamPump(stream, candidate.Provider.Network.RequestTimeout, MaxErrorBytes, false, exchange.Deadline);
        while (await pump.ReadAsync() == PumpStatus.Data)
        {
        }

        var error = candidate.Dialect.ReadError((int)response.StatusCode, pump.Unread) with { Provider = candidate.Provider.Name };
        return new Attempt
        {
            Error = error,
            Cause = FailureCause.Refused,
            OwnErrorBody = candidate.IsVerbatim && candidate.Dialect.IsErrorBody(pump.Unread) ? pump.Unread.ToArray() : default,
            ErrorResponse = response,
            BodyWait = error.Status is 429 or 503 ? RetryAdvice.OfBody(pump.Unread) : null,
        };
    }

    private static bool IsStream(HttpResponseMessage response, Dialect dialect) =>
        response.Content.Headers.ContentType?.MediaType is not ("application/json" or "text/html" or "text/plain")
        || string.Equals(response.Content.Headers.ContentType.MediaType, dialect.StreamContentType, StringComparison.OrdinalIgnoreCase);
}
