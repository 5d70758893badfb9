using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>
/// One run over entries of the log that prices them anew, with today's prices and overrides, page by page from the newest on.
/// It runs beside everything else; who asks sees how far it is.
/// </summary>
internal sealed class CostReview(IStore store, Snapshot snapshot, LogFilter filter, TimeProvider clock)
{
    /// <summary>Small enough that the writer is soon free again.</summary>
    private const int Page = 200;

    private volatile bool _isCancelled;
    private long _total;
    private long _processed;
    private long _updated;
    private long _unpriceable;

    public string Id { get; } = Guid.NewGuid().ToString();

    public DateTimeOffset StartedAt { get; } = clock.GetUtcNow();

    public DateTimeOffset UpdatedAt { get; private set; } = clock.GetUtcNow();

    /// <summary>running, completed, failed or cancelled.</summary>
    public string Status { get; private set; } = "running";

    /// <summary>What went wrong; empty for nothing.</summary>
    public string Trouble { get; private set; } = "";

    /// <summary>Entries that match.</summary>
    public long Total => Volatile.Read(ref _total);

    public long Processed => Volatile.Read(ref _processed);

    public long Updated => Volatile.Read(ref _updated);

    /// <summary>Processed and left as they were, since no price is known for their model.</summary>
    public long Unpriceable => Volatile.Read(ref _unpriceable);

    public bool IsOver => Status != "running";

    /// <summary>What is done stays done.</summary>
    public void Cancel() => _isCancelled = true;

    public async Task RunAsync()
    {
        var query = new LogQuery { Filter = filter, Limit = Page, CountsTotal = true };
        while (!_isCancelled)
        {
            var page = await store.QueryLogsAsync(query);
            if (!page.IsDone)
            {
                End("failed", page.Fault.Message);
                return;
            }

            _total = page.Value.Total?.Requests ?? _total;
            if (page.Value.Entries.Count == 0)
            {
                End("completed");
                return;
            }

            if (await PriceAsync(page.Value.Entries) is { } fault)
            {
                End("failed", fault.Message);
                return;
            }

            query = query with { Before = page.Value.Entries[^1].Sequence, CountsTotal = false };
        }

        End("cancelled");
    }

    private async Task<StoreFault?> PriceAsync(IReadOnlyList<LogEntry> entries)
    {
        var costs = new List<LogCost>();
        foreach (var entry in entries)
        {
            if (Price(entry) is { } cost)
            {
                costs.Add(new LogCost(entry.Sequence, (double)cost));
            }
        }

        var written = costs.Count == 0 ? new StoreResult<bool>(true, null) : await store.SetLogCostsAsync(costs);
        if (written.IsDone)
        {
            _processed += entries.Count;
            _updated += costs.Count;
            _unpriceable += entries.Count - costs.Count;
            UpdatedAt = clock.GetUtcNow();
        }

        return written.Fault;
    }

    /// <summary>
    /// What the log says of an entry's usage, at today's price. It does not say how long cache writes were to live, nor counts of searches and
    /// the like: those are priced as five minutes and as none.
    /// </summary>
    private decimal? Price(LogEntry entry)
    {
        var operation = entry.Operation is "embedding" or "embed" ? Operation.Embeddings : entry.Operation == "compact" ? Operation.Compact : Operation.Generate;
        if (entry.Operation == "count_tokens" || CandidateOf(entry, operation) is not { } candidate)
        {
            return null;
        }

        var usage = new Usage
        {
            Input = entry.InputTokens,
            Output = entry.OutputTokens,
            CacheRead = entry.CacheReadTokens,
            CacheWrite5m = entry.CacheWriteTokens,
            Reasoning = entry.ReasoningTokens,
        };
        return CostRules.Of(usage, snapshot.Pricing.Find(candidate, operation, entry.VirtualKey))?.Total;
    }

    /// <summary>Who answered, as far as it is still configured.</summary>
    private Candidate? CandidateOf(LogEntry entry, Operation operation)
    {
        if (entry.InputTokens + entry.OutputTokens == 0 || !snapshot.Providers.TryFind(entry.Provider, out var provider)
            || provider.Route(entry.UpstreamDialect, operation) is not { } route || Dialects.Find(entry.UpstreamDialect) is not { } dialect)
        {
            return null;
        }

        var key = provider.Keys.FirstOrDefault(one => one.Name == entry.KeyName) ?? (provider.Keys.Count > 0 ? provider.Keys[0] : null);
        var asked = entry.RequestedModel.StartsWith(provider.Name + "/", StringComparison.Ordinal) ? entry.RequestedModel[(provider.Name.Length + 1)..] : entry.RequestedModel;
        return key is null ? null
            : new Candidate(provider, route, dialect, entry.Model, key, IsVerbatim: false) { Asked = asked, Lane = snapshot.Lanes.Of(provider) };
    }

    private void End(string status, string trouble = "")
    {
        (Trouble, UpdatedAt) = (trouble, clock.GetUtcNow());
        Status = status;
    }
}
