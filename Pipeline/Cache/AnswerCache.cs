using System.Net;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Cache;

/// <summary>
/// Step 6 of <see cref="Gateway"/>: answers that were given before, to equal requests or to alike ones. What is kept is what the provider
/// sent; a hit goes the way of any answer from there on (translated, streamed, told, logged), only that nobody is asked and it costs
/// nothing. Each virtual key has a cache of its own.
/// </summary>
internal sealed class AnswerCache(Stores stores, Embedder embedder, TimeProvider clock)
{
    public const string AnswerKind = "cached_answer";
    public const string VectorKind = "cached_vector";

    /// <summary>So many of the latest requests of a group are compared.</summary>
    private const int MostCompared = 1_000;

    /// <summary>Records taken from the store at once where many are deleted.</summary>
    private const int Page = 100;

    /// <summary>Where answers are kept; null where nothing is.</summary>
    private readonly IStore? _store = stores.Logs;

    private readonly WritesUnderWay _writes = new();

    /// <summary>Whether it can work at all.</summary>
    public bool HasStore => _store is not null;

    /// <summary>Looks for an answer. What the request has to do with the cache hangs on the exchange afterwards.</summary>
    /// <returns>An answer to be relayed, or null: a provider is to be asked.</returns>
    public ValueTask<Attempt?> FindAsync(Exchange exchange, List<Candidate> candidates)
    {
        if (exchange.Snapshot.Config.Cache is not { } config || _store is null || !MayBeCached(exchange)
            || CacheWishes.Read(exchange.Http.Request.Headers, config) is not { } wishes)
        {
            return default;
        }

        var question = CacheQuestion.Read(
            exchange.Body!.Span, config, exchange.Route.Dialect == Dialects.Responses, Owner(exchange), config.Namespace, wishes.Key, exchange.Route.Dialect.Name, exchange.Route.Operation.ToString(),
            exchange.WantsStream ? "stream" : "whole");
        if (question.Messages > config.MostMessages)
        {
            return default;
        }

        exchange.Cache = new CacheRun(config, wishes, question);
        return LookAsync(exchange, exchange.Cache, candidates);
    }

    /// <summary>Keeps the answer of an exchange that is over, if there is one to keep. Whoever asked does not wait for it.</summary>
    public void Keep(Exchange exchange)
    {
        if (exchange is { Cache: { Hit: CacheHit.None, Copy.Bytes.IsEmpty: false } run, Failure: null, IsCommitted: true, Candidate: { } candidate })
        {
            Keep(exchange, run, candidate);
        }
    }

    /// <summary>Forgets one answer; gives the store's complaint where it could not.</summary>
    public async Task<string?> ClearAsync(string id) =>
        _store is null ? null : ((await _store.DeleteAsync(VectorKind, id)).Fault ?? (await _store.DeleteAsync(AnswerKind, id)).Fault)?.Message;

    /// <summary>Forgets every answer of a cache key; without one, all there are.</summary>
    public async Task<string?> ClearAllAsync(string? key)
    {
        while (_store is not null)
        {
            var found = await _store.ListAsync(new RecordQuery { Kind = AnswerKind, State = key, Limit = Page });
            if (!found.IsDone || found.Value.Count == 0)
            {
                return found.Fault?.Message;
            }

            foreach (var record in found.Value)
            {
                if (await ClearAsync(record.Id) is { } complaint)
                {
                    return complaint;
                }
            }
        }

        return null;
    }

    /// <summary>Apart from the question whether: its closure is made when it is entered, and most exchanges keep nothing.</summary>
    private void Keep(Exchange exchange, CacheRun run, Candidate candidate)
    {
        var kept = new KeptAnswer
        {
            Provider = candidate.Provider.Name,
            Model = candidate.Model,
            Asked = candidate.Asked,
            Dialect = candidate.Dialect.Name,
            ContentType = run.Copy!.ContentType,
            Body = run.Copy.Bytes.ToArray(),
        };
        var now = clock.GetUtcNow();
        var record = new StoredRecord
        {
            Kind = AnswerKind,
            Id = run.IdOf(exchange),
            Owner = Owner(exchange),
            Parent = run.GroupFor(candidate),
            State = run.Wishes.Key,
            CreatedAt = now,
            ExpiresAt = now + run.Wishes.Lifetime,
            Body = kept.Encode(),
        };
        _ = _writes.TrackAsync(record.Id, () => PutAsync(record, run.Vector));
    }

    private async Task<bool> PutAsync(StoredRecord answer, float[]? vector)
    {
        var stored = await _store!.PutAsync(answer);
        return stored.IsDone && (vector is null || (await _store.PutAsync(answer with { Kind = VectorKind, Body = Embedding.Encode(vector) })).IsDone);
    }

    private async ValueTask<Attempt?> LookAsync(Exchange exchange, CacheRun run, List<Candidate> candidates)
    {
        var primary = candidates[0];
        if (run.Wishes.FindsEqual && await PlayAsync(exchange, run, candidates, run.IdFor(primary), CacheHit.Equal) is { } equal)
        {
            return equal;
        }

        if (!run.Wishes.FindsAlike || exchange.Route.Operation != Operation.Generate)
        {
            return null;
        }

        await embedder.EmbedAsync(exchange, run);
        if (run.Vector is null)
        {
            return null;
        }

        var id = await MostAlikeAsync(run, run.GroupFor(primary));
        return id is null ? null : await PlayAsync(exchange, run, candidates, id, CacheHit.Alike);
    }

    private async ValueTask<string?> MostAlikeAsync(CacheRun run, string group)
    {
        await _writes.AllSettledAsync();
        var others = await _store!.ListAsync(new RecordQuery { Kind = VectorKind, Parent = group, NewestFirst = true, Limit = MostCompared });
        string? best = null;
        foreach (var other in others.IsDone ? others.Value : [])
        {
            var similarity = Embedding.Similarity(run.Vector!, other.Body.Span);
            if (similarity >= run.Wishes.Threshold && similarity > run.Similarity)
            {
                (best, run.Similarity) = (other.Id, similarity);
            }
        }

        return best;
    }

    /// <summary>Opens a kept answer as if it had just been received. A limit that is used up is not passed by: the way of all requests says so.</summary>
    private async ValueTask<Attempt?> PlayAsync(Exchange exchange, CacheRun run, List<Candidate> candidates, string id, CacheHit hit)
    {
        await _writes.SettledAsync(id);
        var found = await _store!.GetAsync(AnswerKind, id);
        var kept = found.Value is { } record ? KeptAnswer.Decode(record.Body) : null;
        if (kept is null || CandidateOf(exchange, candidates, kept) is not { } candidate
            || (exchange.Limits is { } limits && await limits.ReserveAsync(exchange, candidate) is not null))
        {
            return null;
        }

        exchange.BeginAttempt(candidate);
        var prepared = PreparedRequest.TryMake(exchange, out var error);
        (run.Id, run.Hit) = (id, hit);
        var attempt = error is not null ? null : await Attempts.OpenAsync(exchange, new UpstreamResult(ResponseOf(kept), null));
        if (attempt?.Answer is null)
        {
            run.Hit = CacheHit.None;
            attempt?.Dispose();
            prepared.Dispose();
            return null;
        }

        attempt.Prepared = prepared;
        exchange.Trail.Add(new TrailEntry(candidate.Provider.Name, candidate.Model, candidate.Key.Name, Outcomes.Cached, 0));
        return attempt;
    }

    private static HttpResponseMessage ResponseOf(KeptAnswer kept)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(kept.Body) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", kept.ContentType);
        return response;
    }

    /// <summary>Who gave the answer: one of those who could now, or, where provider or model do not count, any that is configured and allowed.</summary>
    private static Candidate? CandidateOf(Exchange exchange, List<Candidate> candidates, KeptAnswer answer)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Provider.Name == answer.Provider && candidate.Model == answer.Model && candidate.Dialect.Name == answer.Dialect)
            {
                return candidate;
            }
        }

        var snapshot = exchange.Snapshot;
        if (!snapshot.Providers.TryFind(answer.Provider, out var provider) || provider.Route(answer.Dialect, exchange.Route.Operation, answer.Model) is not { } route
            || exchange.VirtualKey?.Refusal(provider.Name, answer.Asked) is not null)
        {
            return null;
        }

        var lane = snapshot.Lanes.Of(provider);
        var dialect = Dialects.Get(answer.Dialect);
        return KeyRing.Choose(provider, answer.Asked, exchange.VirtualKey, lane, null) is not { } key ? null
            : new Candidate(provider, route, dialect, answer.Model, key, dialect == exchange.Route.Dialect) { Asked = answer.Asked, Lane = lane };
    }

    /// <summary>Answers of models and embeddings; not those that build on what is stored, and not those paid with the caller's own key.</summary>
    private static bool MayBeCached(Exchange exchange) =>
        exchange.Route.Operation is Operation.Generate or Operation.Embeddings && exchange.KeyWishes?.IsDirect != true
        && exchange.Turn is null or { Request: { Previous: "", Conversation: "", Background: false }, References: null };

    private static string Owner(Exchange exchange) => exchange.VirtualKey?.Id ?? "";
}
