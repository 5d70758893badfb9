using BifrostLite.Configuration;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Cache;

/// <summary>Has a provider make the embedding of a request. Its trouble is no trouble of the request: it is then answered as if nothing alike were known.</summary>
internal sealed partial class Embedder(TimeProvider clock, ILogger<Embedder> log)
{
    /// <summary>Puts the vector into the run, and what it cost to the request's expenses.</summary>
    public async ValueTask EmbedAsync(Exchange exchange, CacheRun run)
    {
        if (exchange.ReadRequest() is not null || Embedding.TextOf(exchange.Request!) is not { } text)
        {
            return;
        }

        if (CandidateOf(exchange, run.Config) is not { } candidate)
        {
            Failed(log, run.Config.Provider, run.Config.EmbeddingModel, "no such provider, or none of its keys may serve the model");
            return;
        }

        using var deadline = Deadline.Rent(clock, exchange.Aborted);
        var call = new UpstreamCall
        {
            Provider = candidate.Provider,
            Route = candidate.Route,
            Key = candidate.Key,
            Model = candidate.Model,
            Stream = false,
            Body = Embedding.Ask(candidate.Model, text),
        };
        var result = await Upstream.SendAsync(call, deadline);
        using var response = result.Response;
        if (response is null || !response.IsSuccessStatusCode)
        {
            Failed(log, candidate.Provider.Name, candidate.Model, result.Error?.Message ?? $"it answered {(int)response!.StatusCode}");
            return;
        }

        await TakeAsync(exchange, run, candidate, response);
    }

    private async ValueTask TakeAsync(Exchange exchange, CacheRun run, Candidate candidate, HttpResponseMessage response)
    {
        try
        {
            var body = await response.Content.ReadAsByteArrayAsync(exchange.Aborted);
            var facts = new StreamFacts();
            candidate.Dialect.InspectEmbeddings(body, facts);
            run.Vector = Embedding.Read(body);
            run.EmbeddedTokens = facts.Usage.Input ?? 0;
            var price = exchange.Snapshot.Pricing.Find(candidate, Operation.Embeddings, exchange.VirtualKey?.Id ?? "");
            var expense = new Expense(candidate, facts.Usage, CostRules.Of(facts.Usage, price));
            exchange.AddExpenses([expense]);
            exchange.Limits?.Spend(expense);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            Failed(log, candidate.Provider.Name, candidate.Model, "its answer broke off");
        }
    }

    private static Candidate? CandidateOf(Exchange exchange, CacheConfig config)
    {
        var providers = exchange.Snapshot.Providers;
        if (!providers.TryFind(config.Provider, out var provider) || provider.Route(DialectNames.Chat, Operation.Embeddings, config.EmbeddingModel) is not { } route)
        {
            return null;
        }

        var lane = exchange.Snapshot.Lanes.Of(provider);
        if (KeyRing.Choose(provider, config.EmbeddingModel, null, lane, null) is not { } key)
        {
            return null;
        }

        return new Candidate(provider, route, Dialects.Chat, KeyRing.ProviderModel(key, config.EmbeddingModel), key, IsVerbatim: true)
        {
            Asked = config.EmbeddingModel,
            Lane = lane,
        };
    }

    [LoggerMessage(1320, LogLevel.Warning, "no embedding from provider {Provider}, model {Model}: {Reason}; alike requests are not looked for")]
    private static partial void Failed(ILogger log, string provider, string model, string reason);
}
