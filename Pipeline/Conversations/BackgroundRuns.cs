using System.Collections.Concurrent;
using System.Text.Json;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// Background responses of providers that have none (docs/guides/background): taken, stored before they are acknowledged, followed
/// while they run, cancelled. <see cref="BackgroundRunner"/> runs them.
/// </summary>
internal sealed class BackgroundRuns(ResponseBook book) : IDisposable
{
    /// <summary>Requests that wait for their run, or have it.</summary>
    public const string Kind = "response_run";

    /// <summary>Events of streams that are over.</summary>
    public const string EventsKind = "response_events";

    public const string Queued = "queued";
    public const string InProgress = "in_progress";

    private readonly ConcurrentDictionary<string, LiveResponse> _live = new();

    /// <summary>Rung when a request waits.</summary>
    public JobBell Bell { get; } = new();

    /// <summary>Whether the gateway must run it: a provider that holds responses runs its own.</summary>
    public static bool Takes(Exchange exchange, Candidate first) =>
        exchange is { Turn.Request.Background: true, Detached: null } && !(first.IsVerbatim && first.Provider.HoldsResponses);

    /// <summary>Stores the request and answers that it waits, or streams what becomes of it.</summary>
    public async Task<GatewayError?> SubmitAsync(Exchange exchange)
    {
        var turn = exchange.Turn!;
        if (!turn.Request.Store)
        {
            return ConversationErrors.BackgroundNeedsStore;
        }

        if (JobHeaders.Refusal(exchange.Http.Request.Headers) is { } refusal)
        {
            return refusal;
        }

        var response = Waiting(exchange, turn);
        var key = ResponseBook.KeyOf(response.Owner, response.Id);
        var live = _live[key] = new LiveResponse(exchange.WantsStream);
        if (!await book.PutAsync(response) || !await book.PutAsync(RunOf(exchange, key, response)))
        {
            Forget(key);
            return ConversationErrors.StoreFailed();
        }

        Bell.Ring();
        var http = exchange.Http;
        if (!exchange.WantsStream)
        {
            await Replies.ObjectAsync(http, response.Answer);
            return null;
        }

        await FollowAsync(http, live, after: -1);
        return null;
    }

    /// <summary>The response as it runs here; null where it does not.</summary>
    public LiveResponse? Find(string key) => _live.GetValueOrDefault(key);

    public LiveResponse Open(string key, bool keepsEvents) => _live.GetOrAdd(key, static (_, keeps) => new LiveResponse(keeps), keepsEvents);

    /// <summary>Ends the readers' waiting and forgets it.</summary>
    public void Forget(string key)
    {
        if (_live.TryRemove(key, out var live))
        {
            live.End();
        }
    }

    /// <summary>Stops its work wherever that is done: here at once, elsewhere when the lease finds its record gone.</summary>
    public async Task StopAsync(string key)
    {
        Find(key)?.Cancel();
        await book.Store!.DeleteAsync(Kind, key);
    }

    public static async Task FollowAsync(HttpContext http, LiveResponse live, long after)
    {
        BeginStream(http);
        await live.CopyAsync(http.Response.BodyWriter, after, http.RequestAborted);
    }

    public static void BeginStream(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers["X-Accel-Buffering"] = "no";
    }

    public void Dispose() => Bell.Dispose();

    private StoredResponse Waiting(Exchange exchange, StatefulTurn turn)
    {
        using var answer = new PooledBuffer(2048);
        var id = "resp_" + turn.Id;
        ResponsesStates.WriteQueued(id, new AnswerContext
        {
            Model = exchange.Model,
            Origin = new Origin("", "", DialectNames.Responses),
            RequestBody = turn.Asked,
            ExchangeId = turn.Id,
            Created = exchange.Created,
            Losses = exchange.Losses,
        }, answer);
        return new StoredResponse
        {
            Id = id,
            Owner = turn.Owner,
            Status = Queued,
            IsBackground = true,
            Previous = turn.Request.Previous,
            CreatedAt = book.Now,
            Input = turn.KeptInput(),
            Answer = answer.Memory.ToArray(),
        };
    }

    private static StoredRecord RunOf(Exchange exchange, string key, StoredResponse response)
    {
        var request = new BackgroundRequest
        {
            Door = exchange.Route.Job ?? "",
            RequestId = exchange.Id,
            Headers = JobHeaders.Keep(exchange.Http.Request.Headers),
            Body = exchange.Turn!.RunBody(),
            IsStream = exchange.WantsStream,
            Conversation = exchange.Turn.Request.Conversation,
        };
        return new StoredRecord
        {
            Kind = Kind,
            Id = key,
            Owner = response.Owner,
            State = Queued,
            CreatedAt = response.CreatedAt,
            Body = JsonSerializer.SerializeToUtf8Bytes(request, BackgroundJsonContext.Default.BackgroundRequest),
        };
    }
}
