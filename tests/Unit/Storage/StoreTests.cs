using System.Text;
using BifrostLite.Storage;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>What every engine must do; each engine's class runs all of it.</summary>
public abstract partial class StoreTests : IAsyncLifetime
{
    private protected ManualTime Time { get; } = new();

    private protected IStore Store { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Time.Advance(TimeSpan.FromDays(20_000));
        Store = await OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await CleanUpAsync();
    }

    [StoreFact]
    public async Task Get_AfterPut_GivesEveryMember()
    {
        var record = Record("1") with
        {
            Owner = "vk", Parent = "p", State = "waiting", Worker = "w", LeaseUntil = Time.GetUtcNow().AddMinutes(1), Claims = 3,
            ExpiresAt = Time.GetUtcNow().AddHours(1), Body = Encoding.UTF8.GetBytes("Grüße \0 😀"),
        };
        await DoneAsync(Store.PutAsync(record));

        var got = await DoneAsync(Store.GetAsync("job", "1"));

        Assert.NotNull(got);
        Assert.Equal(record.Body.ToArray(), got.Body.ToArray());
        Assert.Equal(record with { Body = default, Version = 1, Sequence = got.Sequence, UpdatedAt = Time.GetUtcNow() }, got with { Body = default });
    }

    [StoreFact]
    public async Task Get_OfOtherKindOrId_GivesNothing()
    {
        await PutAsync("1");

        Assert.Null(await DoneAsync(Store.GetAsync("response", "1")));
        Assert.Null(await DoneAsync(Store.GetAsync("job", "2")));
    }

    [StoreFact]
    public async Task Get_OfExpired_GivesNothing()
    {
        await DoneAsync(Store.PutAsync(Record("1") with { ExpiresAt = Time.GetUtcNow().AddSeconds(5) }));
        Assert.NotNull(await DoneAsync(Store.GetAsync("job", "1")));

        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await DoneAsync(Store.GetAsync("job", "1")));
        Assert.Empty(await DoneAsync(Store.ListAsync(new RecordQuery { Kind = "job" })));
    }

    [StoreFact]
    public async Task Put_Again_ReplacesAndKeepsThePlace()
    {
        await PutAsync("1", "2");
        await DoneAsync(Store.PutAsync(Record("1") with { State = "new" }));

        var all = await DoneAsync(Store.ListAsync(new RecordQuery { Kind = "job" }));

        Assert.Equal([("1", "new", 2L), ("2", "", 1L)], all.Select(one => (one.Id, one.State, one.Version)));
    }

    [StoreFact]
    public async Task Delete_SaysWhetherThereWasOne()
    {
        await PutAsync("1");

        Assert.True(await DoneAsync(Store.DeleteAsync("job", "1")));
        Assert.False(await DoneAsync(Store.DeleteAsync("job", "1")));
        Assert.Null(await DoneAsync(Store.GetAsync("job", "1")));
    }

    [StoreFact]
    public async Task DeleteChildren_DeletesOnlyThisParents()
    {
        await DoneAsync(Store.PutAsync(Record("1") with { Parent = "a" }));
        await DoneAsync(Store.PutAsync(Record("2") with { Parent = "a" }));
        await DoneAsync(Store.PutAsync(Record("3") with { Parent = "b" }));

        Assert.Equal(2, await DoneAsync(Store.DeleteChildrenAsync("job", "a")));
        Assert.Equal(["3"], await IdsAsync(new RecordQuery { Kind = "job" }));
    }

    [StoreFact]
    public async Task List_PagesInBothDirections()
    {
        await PutAsync("c", "a", "b", "d");

        Assert.Equal(["c", "a"], await IdsAsync(new RecordQuery { Kind = "job", Limit = 2 }));
        Assert.Equal(["b", "d"], await IdsAsync(new RecordQuery { Kind = "job", After = "a" }));
        Assert.Equal(["d", "b"], await IdsAsync(new RecordQuery { Kind = "job", NewestFirst = true, Limit = 2 }));
        Assert.Equal(["a", "c"], await IdsAsync(new RecordQuery { Kind = "job", NewestFirst = true, After = "b" }));
        Assert.Equal(["c", "a"], await IdsAsync(new RecordQuery { Kind = "job", Before = "b" }));
        Assert.Empty(await IdsAsync(new RecordQuery { Kind = "job", After = "unknown" }));
    }

    [StoreFact]
    public async Task List_Filters()
    {
        await DoneAsync(Store.PutAsync(Record("1") with { Owner = "x", Parent = "p", State = "done" }));
        await DoneAsync(Store.PutAsync(Record("2") with { Owner = "y", Parent = "p", State = "done" }));
        await DoneAsync(Store.PutAsync(Record("3") with { Owner = "x", Parent = "q", State = "open" }));

        Assert.Equal(["1", "3"], await IdsAsync(new RecordQuery { Kind = "job", Owner = "x" }));
        Assert.Equal(["1", "2"], await IdsAsync(new RecordQuery { Kind = "job", Parent = "p", State = "done" }));
        Assert.Empty(await IdsAsync(new RecordQuery { Kind = "job", Owner = "'; DROP TABLE lite_records; --" }));
    }

    [StoreFact]
    public async Task TryUpdate_OfAnOldVersion_ChangesNothing()
    {
        await PutAsync("1");
        var first = (await DoneAsync(Store.GetAsync("job", "1")))!;

        Assert.True(await DoneAsync(Store.TryUpdateAsync(first with { State = "a" })));
        Assert.False(await DoneAsync(Store.TryUpdateAsync(first with { State = "b" })));

        var now = (await DoneAsync(Store.GetAsync("job", "1")))!;
        Assert.Equal(("a", first.Version + 1), (now.State, now.Version));
    }

    [StoreFact]
    public async Task TryUpdate_OfWhatIsNotThere_IsFalse() => Assert.False(await DoneAsync(Store.TryUpdateAsync(Record("1") with { Version = 1 })));

    [StoreFact]
    public async Task Claim_ByMany_GivesEachRecordToOne()
    {
        for (var i = 0; i < 100; i++)
        {
            await DoneAsync(Store.PutAsync(Record($"{i}") with { State = "pending" }));
        }

        var taken = new List<string>();
        while (taken.Count < 100)
        {
            var rounds = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => DoneAsync(Store.ClaimAsync(Claim($"w{worker}", 3)))));
            taken.AddRange(rounds.SelectMany(records => records.Select(record => record.Id)));
        }

        Assert.Equal(100, taken.Distinct().Count());
        Assert.Empty(await DoneAsync(Store.ClaimAsync(Claim("late", 3))));
    }

    [StoreFact]
    public async Task Claim_MarksWorkerLeaseAndCount()
    {
        await DoneAsync(Store.PutAsync(Record("1") with { State = "pending", Body = new byte[] { 1, 2 } }));

        var claimed = Assert.Single(await DoneAsync(Store.ClaimAsync(Claim("w", 5))));

        Assert.Equal(("processing", "w", 1, 2L), (claimed.State, claimed.Worker, claimed.Claims, claimed.Version));
        Assert.Equal(Time.GetUtcNow().AddSeconds(30), claimed.LeaseUntil);
        Assert.Equal([1, 2], claimed.Body.ToArray());
    }

    [StoreFact]
    public async Task Claim_AfterTheLease_TakesAgainAndTheFirstWorkerCannotEndIt()
    {
        await DoneAsync(Store.PutAsync(Record("1") with { State = "pending" }));
        var first = Assert.Single(await DoneAsync(Store.ClaimAsync(Claim("w1", 1))));
        Assert.Empty(await DoneAsync(Store.ClaimAsync(Claim("w2", 1))));

        Time.Advance(TimeSpan.FromSeconds(30));
        var second = Assert.Single(await DoneAsync(Store.ClaimAsync(Claim("w2", 1))));

        Assert.Equal(2, second.Claims);
        Assert.False(await DoneAsync(Store.TryUpdateAsync(first with { State = "completed" })));
        Assert.True(await DoneAsync(Store.TryUpdateAsync(second with { State = "completed" })));
    }

    [StoreFact]
    public async Task Claim_LetsOwnersTakeTurns()
    {
        foreach (var (id, owner) in new[] { ("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c") })
        {
            await DoneAsync(Store.PutAsync(Record(id) with { State = "pending", Owner = owner }));
        }

        var claimed = await DoneAsync(Store.ClaimAsync(Claim("w", 3)));

        Assert.Equal(["a1", "b1", "c1"], claimed.Select(record => record.Id).Order());
    }

    [StoreFact]
    public async Task Add_FromManySides_LosesNothing()
    {
        var changes = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => DoneAsync(Store.AddAsync([Counter("a", 2), Counter("b", -1)]))));

        Assert.Equal(Enumerable.Range(1, 200).Select(i => i * 2L), changes.Select(values => values[0]).Order());
        Assert.Equal(new long[] { 400, -200, 0 }, await DoneAsync(Store.ReadAsync([Counter("a"), Counter("b"), Counter("c")])));
    }

    [StoreFact]
    public async Task Add_InAnotherWindow_StartsAnew()
    {
        await DoneAsync(Store.AddAsync([Counter("a", 5)]));

        var next = Counter("a", 7) with { Window = Time.GetUtcNow().AddHours(1) };

        Assert.Equal(new long[] { 7 }, await DoneAsync(Store.AddAsync([next])));
        Assert.Equal(new long[] { 5, 7 }, await DoneAsync(Store.ReadAsync([Counter("a"), next])));
    }

    [StoreFact]
    public async Task Sweep_DeletesWhatHasExpiredAndNothingElse()
    {
        await Task.WhenAll(Enumerable.Range(0, 1200).Select(i => DoneAsync(Store.PutAsync(Record($"{i}") with { ExpiresAt = Time.GetUtcNow().AddSeconds(1) }))));
        await DoneAsync(Store.PutAsync(Record("later") with { ExpiresAt = Time.GetUtcNow().AddHours(2) }));
        await DoneAsync(Store.PutAsync(Record("never")));
        await DoneAsync(Store.AddAsync([Counter("a", 1) with { ExpiresAt = Time.GetUtcNow().AddSeconds(1) }, Counter("b", 1)]));
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1201, await DoneAsync(Store.SweepAsync(new StoreLimits(DateTimeOffset.UnixEpoch))));

        Assert.Equal(["later", "never"], await IdsAsync(new RecordQuery { Kind = "job" }));
        Assert.Equal(0, await DoneAsync(Store.SweepAsync(new StoreLimits(DateTimeOffset.UnixEpoch))));
    }

    [StoreFact]
    public async Task Health_CountsCalls()
    {
        await PutAsync("1", "2");

        Assert.Equal((0, 0L, null), (Store.Health.Queue, Store.Health.Failures, Store.Health.Fault));
        Assert.InRange(Store.Health.Calls, 2, 10);
    }

    private protected abstract Task<IStore> OpenAsync();

    private protected virtual Task CleanUpAsync() => Task.CompletedTask;

    private protected static async Task<T> DoneAsync<T>(Task<StoreResult<T>> call)
    {
        var result = await call;
        Assert.Null(result.Fault);
        return result.Value;
    }

    private protected StoredRecord Record(string id) => new() { Kind = "job", Id = id, CreatedAt = Time.GetUtcNow() };

    private protected async Task PutAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            await DoneAsync(Store.PutAsync(Record(id)));
        }
    }

    private static RecordClaim Claim(string worker, int limit) =>
        new() { Kind = "job", From = "pending", To = "processing", Worker = worker, Lease = TimeSpan.FromSeconds(30), Limit = limit };

    private CounterChange Counter(string key, long amount = 0) => new(key, DateTimeOffset.UnixEpoch, amount, Time.GetUtcNow().AddDays(1));

    private async Task<IEnumerable<string>> IdsAsync(RecordQuery query) => (await DoneAsync(Store.ListAsync(query))).Select(record => record.Id);
}
