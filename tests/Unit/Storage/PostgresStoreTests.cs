using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Storage;
using BifrostLite.Storage.Postgres;
using BifrostLite.Storage.Sealing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>The suite over a real PostgreSQL server, and what only several instances can do.</summary>
public sealed class PostgresStoreTests(PostgresServer server) : StoreTests, IClassFixture<PostgresServer>
{
    [StoreFact]
    public async Task Claim_ByTwoInstances_GivesEachRecordToOne()
    {
        await using var other = new PostgresStore(server.Config, Time);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => DoneAsync(Store.PutAsync(Record($"{i}") with { State = "pending", Owner = $"{i % 3}" }))));

        var taken = new List<string>();
        while (taken.Count < 300)
        {
            var rounds = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => DoneAsync((worker % 2 == 0 ? Store : other).ClaimAsync(
                new RecordClaim { Kind = "job", From = "pending", To = "processing", Worker = $"{worker}", Lease = TimeSpan.FromMinutes(1), Limit = 10 }))));
            taken.AddRange(rounds.SelectMany(records => records.Select(record => record.Id)));
        }

        Assert.Equal(300, taken.Distinct().Count());
        Assert.Equal(300, taken.Count);
    }

    /// <summary>Two instances, each with its own pool of connections and its own memory, spend one limit.</summary>
    [StoreFact]
    public async Task Limits_OfTwoInstances_AreNeverExceededTogether_AndAreWrittenToTheEnd()
    {
        const int Most = 500;
        await using var other = new PostgresStore(server.Config, Time);
        LimitLedger[] ledgers = [Ledger(Store), Ledger(other)];
        var counters = ledgers.Select(_ => new LimitCounter("two-instances", LimitKind.Requests, "virtual key", new LimitRule(Most, new ResetPeriod(1, 'h'), false))).ToArray();
        var billed = 0;

        await Task.WhenAll(Enumerable.Range(0, 32).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                if (await ledgers[thread % 2].ReserveAsync(counters[thread % 2], 1) is { } window)
                {
                    var isServed = i % 3 > 0;
                    Interlocked.Add(ref billed, isServed ? 1 : 0);
                    ledgers[thread % 2].Settle(window, 1, isServed ? 1 : 0);
                }
            }
        })));
        Assert.InRange(billed, Most / 2, Most);
        await Task.WhenAll(ledgers.Select(ledger => ledger.StopAsync(default)));

        // Whoever starts now may use exactly what the two have left.
        var (later, mine) = (Ledger(Store), new LimitCounter("two-instances", LimitKind.Requests, "virtual key", new LimitRule(Most, new ResetPeriod(1, 'h'), false)));
        var left = 0;
        while (await later.ReserveAsync(mine, 1) is not null)
        {
            left++;
        }

        Assert.Equal(Most, billed + left);
    }

    [StoreFact]
    public async Task Open_ByManyAtOnce_MakesTheTablesOnce()
    {
        await ExecuteAsync("DROP TABLE lite_records, lite_counters, lite_logs, lite_schema");

        var faults = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            await using var store = new PostgresStore(server.Config, Time);
            return await store.ConnectAsync();
        }));

        Assert.All(faults, Assert.Null);
    }

    [StoreFact]
    public async Task Connect_ToVersion1_BringsTheLogOver()
    {
        var entries = Enumerable.Range(1, 3).Select(number => LogEntryMaker.Make(number, error: number == 3 ? "server" : "")).ToArray();
        await ExecuteAsync("DROP TABLE lite_records, lite_counters, lite_logs; DELETE FROM lite_schema WHERE version > 1");
        await ExecuteAsync(PostgresSchema.Steps[0]);
        await ExecuteAsync(string.Join(';', entries.Select(LogEntryMaker.InsertIntoVersion1)));

        await using var store = new PostgresStore(server.Config, Time);
        Assert.Null(await store.ConnectAsync());

        foreach (var entry in entries)
        {
            LogEntryMaker.AssertSame(entry, await DoneAsync(store.GetLogAsync(entry.Id)));
        }
    }

    [StoreFact]
    public async Task Connect_ToANewerVersionsTables_IsRefused()
    {
        await ExecuteAsync("INSERT INTO lite_schema (version) VALUES (1000)");
        await using var store = new PostgresStore(server.Config, Time);

        var fault = await store.ConnectAsync();

        await ExecuteAsync("DELETE FROM lite_schema WHERE version = 1000");
        Assert.Contains("newer bifrost-lite", fault?.Message);
    }

    [StoreFact]
    public async Task Call_WhereNobodyListens_IsAFaultAndNotRepeatedAtOnce()
    {
        await using var store = new PostgresStore(server.Config with { Port = 1 }, Time);

        Assert.Equal(StoreFaultKind.Unavailable, (await store.PutAsync(Record("1"))).Fault?.Kind);
        Assert.Equal(StoreFaultKind.Unavailable, (await store.PutAsync(Record("1"))).Fault?.Kind);
        Assert.Equal((2L, 2L), (store.Health.Calls, store.Health.Failures));
    }

    [StoreFact]
    public async Task Rotation_SealsAllWithTheNewKey()
    {
        var key = new StoreKey("new");
        await PutAsync("1", "2");
        await DoneAsync(Store.AppendLogsAsync([LogEntryMaker.Make(1, hasContent: true), LogEntryMaker.Make(2)]));

        var rotation = new KeyRotation((IBodies)Store, null, key);
        Assert.Null(await rotation.RunAsync());

        Assert.Equal(3, rotation.Sealed);
        Assert.True(StoreKey.IsSealed((await DoneAsync(Store.GetAsync("job", "1")))!.Body.Span));
        Assert.Equal("asked"u8.ToArray(), (await DoneAsync(new SealedStore(Store, key).GetLogAsync("request-1")))!.RequestBody.ToArray());
    }

    private protected override async Task<IStore> OpenAsync()
    {
        var store = new PostgresStore(server.Config, Time);
        Assert.Null(await store.ConnectAsync());
        await ExecuteAsync("TRUNCATE lite_records, lite_counters, lite_logs");
        return store;
    }

    private LimitLedger Ledger(IStore store) => new(new Stores(store, null), Time, NullLogger<LimitLedger>.Instance) { IsShared = true };

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            $"Host={server.Config.Host};Port={server.Config.Port};Username={server.Config.User};Database={server.Config.Database};Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
