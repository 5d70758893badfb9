using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Pipeline.Conversations;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Pipeline.Admission.Signed;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Pipeline.Logging;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>The facts of one request, from its first byte to its log line. Owned by <see cref="Gateway"/>.</summary>
internal sealed class Exchange(HttpContext http, InboundRoute route, PathFacts path, Snapshot snapshot, TimeProvider clock) : IDisposable
{
    /// <summary>Less is not worth looking for what speaks against giving it back.</summary>
    private const int LeastReleased = 512;

    private Deadline? _deadline;
    private long? _headersAt;
    private long? _firstTokenAt;
    private long? _endedAt;
    private TimeSpan _waitedForFirst;
    private long? _created;
    private IDisposable? _adopted;

    public HttpContext Http { get; } = http;

    public TimeProvider Clock { get; } = clock;

    /// <summary>The clock's timestamp when the request came.</summary>
    public long StartedAt { get; private init; } = clock.GetTimestamp();

    public InboundRoute Route { get; } = route;

    public PathFacts Path { get; } = path;

    /// <summary>The path as the gateway's own table of paths has it; empty where nobody is connected.</summary>
    public string Template => Route.Template.Length > 0 ? Route.Template : (Http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";

    /// <summary>Which families of headers the caller sent.</summary>
    public HeaderMarks Marks { get; } = HeaderFamilies.Of(http.Request.Headers);

    /// <summary>Configuration and providers as they were when the request came; a reload does not touch it.</summary>
    public Snapshot Snapshot { get; } = snapshot;

    /// <summary>The caller's x-request-id, or one of ours.</summary>
    public string Id { get; private init; } = RequestId(http);

    /// <summary>The clock's timestamp when it was last looked at: near enough to now where the answer has only just come.</summary>
    public long LastSeen { get; private set; }

    /// <summary>Seconds since 1970 when the request came.</summary>
    public long Created => _created ??= (Clock.GetUtcNow() - Clock.GetElapsedTime(StartedAt)).ToUnixTimeSeconds();

    /// <summary>The virtual key the caller came with; null where there is none and none is asked for.</summary>
    public VirtualKey? VirtualKey { get; set; }

    /// <summary>What the caller's headers say about provider keys; null where nothing.</summary>
    public KeyWishes? KeyWishes { get; set; }

    /// <summary>Whose request this is where nobody is connected (an asynchronous job); null for everybody else.</summary>
    public DetachedCaller? Detached { get; init; }

    /// <summary>The signature by which the caller showed it, to be checked against the body; null for most.</summary>
    public SignedRequest? Signed { get; set; }

    /// <summary>What the request holds of its caller's limits; null where there are none.</summary>
    public LimitUse? Limits { get; set; }

    public RequestBody? Body
    {
        get;
        set
        {
            if (!ReferenceEquals(field, value))
            {
                field = value;
                Request = null;
                BytesIn = value?.Memory.Length ?? BytesIn;
            }
        }
    }

    /// <summary>Length of the body, also when it is gone.</summary>
    public int BytesIn { get; private set; }

    public RequestPeek? Peek { get; set; }

    /// <summary>Only answers of models stream, whatever the body of another operation says.</summary>
    public bool WantsStream => Route.Operation == Operation.Generate && (Path.Stream ?? Peek?.Stream ?? false);

    public string Model => Path.Model.Length > 0 ? Path.Model : Peek?.Model ?? "";

    /// <summary>The request in the hub; read once, by the first candidate of another dialect.</summary>
    public ChatRequest? Request { get; set; }

    /// <summary>Tools as the candidate can take them, and the way back; null where nothing is translated.</summary>
    public ToolWrapping? Wrapping { get; set; }

    /// <summary>A copy of what goes to the caller, where contents are logged.</summary>
    public AnswerCapture? Capture { get; set; }

    public Losses Losses { get; private set; } = new();

    /// <summary>What the request builds on and what is kept of it; null where it has no state.</summary>
    public StatefulTurn? Turn { get; set; }

    /// <summary>What it has to do with the answer cache; null for most.</summary>
    public CacheRun? Cache { get; set; }

    /// <summary>Nobody was asked: the answer had been given before.</summary>
    public bool IsCached => Cache is { Hit: not CacheHit.None };

    /// <summary>The body as the caller wrote it, for answers that repeat it.</summary>
    public ReadOnlyMemory<byte> Asked => Turn?.Asked ?? Body?.Memory ?? default;

    /// <summary>Every attempt so far.</summary>
    public Trail Trail { get; } = new();

    public StreamFacts Facts { get; private set; } = new();

    /// <summary>What was seen of a stream that is not committed yet; null where there is none.</summary>
    public StreamFacts? Opening { get; set; }

    /// <summary>What attempts used up whose answer never reached the caller; null for most.</summary>
    public List<Expense>? Expenses { get; set; }

    /// <summary>What all of it cost, the answer and what never reached the caller; null where no price is known.</summary>
    public decimal? Spent
    {
        get
        {
            var spent = Cost?.Total;
            for (var i = 0; i < (Expenses?.Count ?? 0); i++)
            {
                spent = Expenses![i].Cost is { } cost ? (spent ?? 0) + cost.Total : spent;
            }

            return spent;
        }
    }

    /// <summary>The end of a call that another candidate was faster than; null for most.</summary>
    public Task<List<Expense>?>? Outrun { get; set; }

    /// <summary>Who answers, or answered last.</summary>
    public Candidate? Candidate { get; set; }

    /// <summary>What it cost, once settled; null where nothing was produced or nobody knows the price.</summary>
    public Cost? Cost { get; set; }

    public GatewayError? Failure { get; set; }

    /// <summary>Status and headers are with the caller: failures are events of the stream from here on.</summary>
    public bool IsCommitted { get; set; }

    public long BytesOut { get; set; }

    public double? HeadersMilliseconds => At(_headersAt);

    public double? FirstTokenMilliseconds => At(_firstTokenAt);

    /// <summary>How long it has taken so far, or took.</summary>
    public double Milliseconds => Clock.GetElapsedTime(StartedAt, _endedAt ?? Clock.GetTimestamp()).TotalMilliseconds;

    /// <summary>The gateway's own share of that, up to the first token of a stream: what was not spent waiting for the provider. Null where there is no answer.</summary>
    public double? OverheadMilliseconds => !IsCommitted || _headersAt is null ? null
        : !WantsStream ? Milliseconds - Deadline.Waited.TotalMilliseconds
        : FirstTokenMilliseconds - _waitedForFirst.TotalMilliseconds;

    public CancellationToken Aborted { get; private init; } = http.RequestAborted;

    /// <summary>Every time limit of this exchange, on one token. An attempt after one that ran out of time renews it.</summary>
    public Deadline Deadline => _deadline ??= Deadline.Rent(Clock, Aborted);

    public bool IsStrict => Snapshot.Config.Client.StrictTranslation
        || string.Equals(Http.Request.Headers["x-bf-strict"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Looks at the clock.</summary>
    public long Look() => LastSeen = Clock.GetTimestamp();

    public void MarkHeaders() => _headersAt ??= Look();

    public void MarkFirstToken()
    {
        if (_firstTokenAt is null)
        {
            _firstTokenAt = Look();
            _waitedForFirst = Deadline.Waited;
        }
    }

    /// <summary>The same for a whole answer, which was there when the clock was last looked at.</summary>
    public void MarkWhole() => _firstTokenAt ??= LastSeen;

    /// <summary>From here on <see cref="Milliseconds"/> stands still.</summary>
    public void MarkEnd() => _endedAt = Look();

    /// <summary>Forgets what an earlier candidate lost or told: each is translated anew.</summary>
    public void BeginAttempt(Candidate candidate)
    {
        Wrapping = null;
        Losses = Losses.Count > 0 ? new Losses() : Losses;
        BeginRetry(candidate);
    }

    /// <summary>The same request once more, perhaps with another key.</summary>
    public void BeginRetry(Candidate candidate)
    {
        Candidate = candidate;
        Opening = null;
        Facts.Reset();
        _deadline?.Renew();
    }

    /// <summary>
    /// Gives the body back while a verbatim stream runs, where nobody needs it any more: no other candidate is or was asked beside this one,
    /// nothing of it is kept or echoed, and should the provider never say how many tokens it was, its length does. A coding agent's 200 KB otherwise
    /// lie in memory for minutes. Over HTTP/2 the body may still be on its way when the answer begins.
    /// </summary>
    public void ReleaseBody(Version upstream)
    {
        if (Body is { Memory.Length: >= LeastReleased } body && upstream.Major < 2 && Turn is null && Capture is null && _adopted is null
            && !EncodedData.IsIn(body.Span))
        {
            Body = null;
            body.Dispose();
        }
    }

    /// <summary>Reads the body into the hub, once; the error says what is wrong with it.</summary>
    public GatewayError? ReadRequest()
    {
        if (Request is not null)
        {
            return null;
        }

        var source = new RequestSource(Body!.Memory, Path.Model, Path.Stream);
        var error = Route.Operation == Operation.CountTokens
            ? Route.Dialect.ReadTokenCount(source, out var request)
            : Route.Dialect.ReadRequest(source, out request);
        if (error is null)
        {
            request.Stream = WantsStream;
            Request = request;
        }

        return error;
    }

    /// <summary>The same request for one of two candidates that are asked at once: what they make of it is apart.</summary>
    /// <param name="limits">What this one holds of the caller's limits.</param>
    /// <param name="cancelled">Ends with the caller, and when the other one was faster.</param>
    public Exchange Fork(LimitUse? limits, CancellationToken cancelled)
    {
        var fork = new Exchange(Http, Route, Path, Snapshot, Clock)
        {
            Id = Id,
            StartedAt = StartedAt,
            Aborted = cancelled,
            VirtualKey = VirtualKey,
            KeyWishes = KeyWishes,
            Limits = limits,
            Cache = Cache?.Another(),
            Body = Body,
            Peek = Peek,
        };
        fork.Deadline.FollowWhole(Deadline);
        return fork;
    }

    /// <summary>Goes on with what a fork came to; the fork must not be used any more.</summary>
    /// <param name="fork">The fork.</param>
    /// <param name="source">What its token comes from.</param>
    public void Adopt(Exchange fork, IDisposable source)
    {
        _adopted = source;
        Candidate = fork.Candidate;
        Facts = fork.Facts;
        Opening = fork.Opening;
        Losses = fork.Losses;
        Wrapping = fork.Wrapping;
        Request = fork.Request;
        Limits = fork.Limits;
        Cache?.Dispose();
        Cache = fork.Cache;
        AddExpenses(fork.Expenses);
        (_headersAt, LastSeen) = (fork._headersAt, fork.LastSeen);
        _deadline?.Dispose();
        _deadline = fork._deadline;
        fork._deadline = null;
    }

    public void AddExpenses(List<Expense>? expenses)
    {
        if (expenses is not null)
        {
            (Expenses ??= []).AddRange(expenses);
        }
    }

    /// <summary>A fork that nobody adopts is over.</summary>
    public void Abandon()
    {
        _deadline?.Dispose();
        _deadline = null;
        Cache?.Dispose();
    }

    public void Dispose()
    {
        _deadline?.Dispose();
        _adopted?.Dispose();
        Turn?.Dispose();
        Cache?.Dispose();
        Body?.Dispose();
        Capture?.Dispose();
    }

    private double? At(long? timestamp) => timestamp is { } at ? Clock.GetElapsedTime(StartedAt, at).TotalMilliseconds : null;

    private static string RequestId(HttpContext http)
    {
        var given = http.Request.Headers["x-request-id"].ToString();

        // Ids of answers and calls are made of it as it stands: what JSON would have to escape is not taken.
        return given.Length is > 0 and <= 128 && !given.AsSpan().ContainsAnyExceptInRange('!', '~') && !given.AsSpan().ContainsAny('"', '\\')
            ? given
            : RequestIds.Next();
    }
}
