using BifrostLite.Storage;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>What every engine must do with the request log.</summary>
public abstract partial class StoreTests
{
    [StoreFact]
    public async Task GetLog_AfterAppend_GivesEveryMember()
    {
        var entry = LogEntryMaker.Make(2, hasContent: true);
        await DoneAsync(Store.AppendLogsAsync([LogEntryMaker.Make(1), entry]));

        var got = (await DoneAsync(Store.GetLogAsync("request-2")))!;

        LogEntryMaker.AssertSame(entry, got);
        Assert.Equal("asked"u8.ToArray(), got.RequestBody.ToArray());
        Assert.Equal("answered"u8.ToArray(), got.ResponseBody.ToArray());
        Assert.Null((await DoneAsync(Store.GetLogAsync("request-1")))!.FirstTokenMilliseconds);
        Assert.Null(await DoneAsync(Store.GetLogAsync("request-3")));
    }

    [StoreFact]
    public async Task GetLog_OfOddTexts_GivesThemBack()
    {
        var odd = new LogEntry { Id = "odd", Time = LogEntryMaker.Start, ErrorMessage = "a\u001fb \ud83d\ude00 " + new string('é', 3000), Losses = "\u001f", Extra = "{}" };
        await DoneAsync(Store.AppendLogsAsync([odd]));

        var got = (await DoneAsync(Store.GetLogAsync("odd")))!;

        Assert.Equal((odd.ErrorMessage.Replace('\u001f', ' '), " ", "{}"), (got.ErrorMessage, got.Losses, got.Extra));
        Assert.Null(got.Cost);
    }

    [StoreFact]
    public async Task QueryLogs_OfLateEntries_FindsThemByTheTimeTheyCame()
    {
        // Written in the order in which they ended: the first came last.
        await DoneAsync(Store.AppendLogsAsync([LogEntryMaker.Make(500), LogEntryMaker.Make(2), LogEntryMaker.Make(400)]));
        await DoneAsync(Store.AppendLogsAsync([LogEntryMaker.Make(3)]));

        Assert.Equal([400, 500], await NumbersAsync(new LogFilter { From = Moment(400) }));
        Assert.Equal([3, 2], await NumbersAsync(new LogFilter { To = Moment(400) }));
        Assert.Equal([3], await NumbersAsync(new LogFilter { From = Moment(3), To = Moment(4) }));
        Assert.Empty(await NumbersAsync(new LogFilter { From = DateTimeOffset.MaxValue }));
    }

    [StoreFact]
    public async Task QueryLogs_Filters()
    {
        await DoneAsync(Store.AppendLogsAsync([
            LogEntryMaker.Make(1), LogEntryMaker.Make(2, "anthropic"), LogEntryMaker.Make(3, error: "timeout"), LogEntryMaker.Make(4)]));

        Assert.Equal([4, 3, 2, 1], await NumbersAsync(new LogFilter()));
        Assert.Equal([2], await NumbersAsync(new LogFilter { Providers = ["anthropic", "other"] }));
        Assert.Equal([4, 3, 1], await NumbersAsync(new LogFilter { Providers = ["openai"], Models = ["gpt-5.1"] }));
        Assert.Equal([4, 2], await NumbersAsync(new LogFilter { VirtualKeys = ["even"] }));
        Assert.Equal([3], await NumbersAsync(new LogFilter { IsError = true }));
        Assert.Equal([4, 2, 1], await NumbersAsync(new LogFilter { IsError = false }));
        Assert.Equal([3, 2], await NumbersAsync(new LogFilter { MinMilliseconds = 2, MaxMilliseconds = 3 }));
        Assert.Equal([3, 2], await NumbersAsync(new LogFilter { MinTokens = 22, MaxTokens = 33 }));
        Assert.Equal([4, 3], await NumbersAsync(new LogFilter { MinCost = 1.5 }));
        Assert.Empty(await NumbersAsync(new LogFilter { Operations = ["embed"] }));
        Assert.Equal([2], await NumbersAsync(new LogFilter { From = Moment(2), To = Moment(3) }));
        Assert.Empty(await NumbersAsync(new LogFilter { Models = ["') OR 1=1 --"] }));
        Assert.Equal([3, 1], await NumbersAsync(new LogFilter { Ids = ["request-1", "request-3", "none"] }));
        Assert.Equal([4, 3, 2, 1], await NumbersAsync(new LogFilter { KeyNames = ["main"] }));
        Assert.Empty(await NumbersAsync(new LogFilter { KeyNames = ["other"] }));
        Assert.Empty(await NumbersAsync(new LogFilter { IsCostMissing = true }));
        await DoneAsync(Store.AppendLogsAsync([new LogEntry { Id = "request-5", Time = LogEntryMaker.Start }]));
        Assert.Equal([5], await NumbersAsync(new LogFilter { IsCostMissing = true }));
    }

    [StoreFact]
    public async Task QueryLogs_ByContent_FindsWhatStandsInIt()
    {
        var odd = LogEntryMaker.Make(2, hasContent: true);
        odd.ResponseBody = new byte[] { 0xff, 0, 0xfe, (byte)'x' }.Concat("die Größe \\ \\\"!"u8.ToArray()).ToArray();
        await DoneAsync(Store.AppendLogsAsync([LogEntryMaker.Make(1), odd, LogEntryMaker.Make(3, hasContent: true)]));

        Assert.Equal(FindsContents ? [3, 2] : [], await NumbersAsync(new LogFilter { Content = "ASKED" }));
        Assert.Equal(FindsContents ? [3] : [], await NumbersAsync(new LogFilter { Content = "Answered" }));
        Assert.Equal(FindsContents ? [2] : [], await NumbersAsync(new LogFilter { Content = "größe \\ \\\"" }));
        Assert.Empty(await NumbersAsync(new LogFilter { Content = "a%d" }));
        Assert.Empty(await NumbersAsync(new LogFilter { Content = "asked", Providers = ["anthropic"] }));
    }

    [StoreFact]
    public async Task GetLog_AmongManyBatches_FindsTheNewestOfThatId()
    {
        for (var batch = 0; batch < 5; batch++)
        {
            await DoneAsync(Store.AppendLogsAsync([.. Enumerable.Range((batch * 10) + 1, 10).Select(number => LogEntryMaker.Make(number))]));
        }

        await DoneAsync(Store.AppendLogsAsync([new LogEntry { Id = "request-7", Time = LogEntryMaker.Start + 90_000, Provider = "again" }]));

        Assert.Equal("again", (await DoneAsync(Store.GetLogAsync("request-7")))!.Provider);
        LogEntryMaker.AssertSame(LogEntryMaker.Make(23), await DoneAsync(Store.GetLogAsync("request-23")));
        Assert.Null(await DoneAsync(Store.GetLogAsync("request-51")));
        Assert.Equal([7, 42, 7], await NumbersAsync(new LogFilter { Ids = ["request-42", "request-7"] }));
    }

    [StoreFact]
    public async Task SetLogCosts_ChangesOnlyTheseEntries()
    {
        await DoneAsync(Store.AppendLogsAsync([.. Enumerable.Range(1, 3).Select(number => LogEntryMaker.Make(number))]));
        var entries = (await DoneAsync(Store.QueryLogsAsync(new LogQuery()))).Entries;

        await DoneAsync(Store.SetLogCostsAsync([new LogCost(entries[0].Sequence, 0.000123), new LogCost(entries[2].Sequence, 7e-7)]));

        Assert.Equal([0.000123, 1, 7e-7], (await DoneAsync(Store.QueryLogsAsync(new LogQuery()))).Entries.Select(entry => entry.Cost));
    }

    [StoreFact]
    public async Task LogValues_GiveEachOnceAndInOrder()
    {
        await DoneAsync(Store.AppendLogsAsync([
            LogEntryMaker.Make(1), LogEntryMaker.Make(2, "anthropic"), LogEntryMaker.Make(3), new LogEntry { Id = "bare", Time = LogEntryMaker.Start + 9000 }]));

        var all = await DoneAsync(Store.LogValuesAsync(new LogFilter()));
        var late = await DoneAsync(Store.LogValuesAsync(new LogFilter { From = Moment(3) }));

        Assert.Equal(["anthropic", "openai"], all.Providers);
        Assert.Equal(["even", "odd"], all.VirtualKeys);
        Assert.Equal(["gpt-5.1", "main", "generate"], [.. all.Models, .. all.KeyNames, .. all.Operations]);
        Assert.Equal(["openai"], late.Providers);
    }

    [StoreFact]
    public async Task DeleteLogs_TakesTheirContentsAlong()
    {
        await DoneAsync(Store.AppendLogsAsync([.. Enumerable.Range(1, 4).Select(number => LogEntryMaker.Make(number, hasContent: true))]));

        Assert.Equal(2, await DoneAsync(Store.DeleteLogsAsync(["request-2", "request-3", "none"])));

        Assert.Equal([4, 1], await NumbersAsync(new LogFilter()));
        Assert.True((await DoneAsync(Store.GetLogAsync("request-4")))!.HasContent);
        Assert.Null(await DoneAsync(Store.GetLogAsync("request-2")));
    }

    [StoreFact]
    public async Task QueryLogs_SortsPagesAndCounts()
    {
        await DoneAsync(Store.AppendLogsAsync([.. Enumerable.Range(1, 10).Select(number => LogEntryMaker.Make(number, error: number == 10 ? "server" : ""))]));

        var page = await DoneAsync(Store.QueryLogsAsync(new LogQuery { Order = LogOrder.Cost, Ascending = true, Offset = 2, Limit = 3, CountsTotal = true }));

        Assert.Equal(["request-3", "request-4", "request-5"], page.Entries.Select(entry => entry.Id));
        Assert.Equal(new LogTotals(10, 1, 5.5, 605, 27.5), page.Total);
        var next = await DoneAsync(Store.QueryLogsAsync(new LogQuery { Before = page.Entries[0].Sequence }));
        Assert.Equal(["request-2", "request-1"], next.Entries.Select(entry => entry.Id));
        Assert.Null(next.Total);
    }

    [StoreFact]
    public async Task LogStats_SumsUpInBuckets()
    {
        await DoneAsync(Store.AppendLogsAsync([.. Enumerable.Range(1, 100).Select(number => LogEntryMaker.Make(number, error: number == 7 ? "server" : ""))]));

        var buckets = await DoneAsync(Store.LogStatsAsync(new LogStatsQuery { Bucket = TimeSpan.FromSeconds(1000) }));

        var bucket = Assert.Single(buckets);
        Assert.Equal(Moment(0), bucket.Start);
        Assert.Equal((100L, 1L, 50_500L, 5050L, 2525.0), (bucket.Requests, bucket.Errors, bucket.InputTokens, bucket.OutputTokens, bucket.Cost));
        Assert.Equal((50.0, 90.0, 95.0, 99.0), (bucket.P50, bucket.P90, bucket.P95, bucket.P99));
        Assert.Equal(11, (await DoneAsync(Store.LogStatsAsync(new LogStatsQuery { Bucket = TimeSpan.FromSeconds(10) }))).Count);
    }

    [StoreFact]
    public async Task LogStats_InGroups_TellsThemApart()
    {
        await DoneAsync(Store.AppendLogsAsync([
            LogEntryMaker.Make(1), LogEntryMaker.Make(2, "anthropic", "cancelled"), LogEntryMaker.Make(3, error: "server"), LogEntryMaker.Make(4, "anthropic")]));

        var query = new LogStatsQuery { Bucket = TimeSpan.FromSeconds(1000), Group = LogGroup.Provider, CountsCacheReads = true };
        var buckets = await DoneAsync(Store.LogStatsAsync(query));

        Assert.Equal(["anthropic", "openai"], buckets.Select(bucket => bucket.Group));
        Assert.Equal([(2L, 1L, 1L), (2, 1, 0)], buckets.Select(bucket => (bucket.Requests, bucket.Errors, bucket.Cancelled)));
        Assert.Equal([3.0, 2.0], buckets.Select(bucket => bucket.MeanMilliseconds));
        var entries = (await DoneAsync(Store.QueryLogsAsync(new LogQuery { Filter = new LogFilter { Providers = ["openai"] } }))).Entries;
        Assert.Equal(entries.Sum(entry => entry.CacheReadTokens), buckets[1].CacheReadTokens);
        Assert.True(buckets[1].CacheReadTokens > 0);
        Assert.Equal(["even", "odd"], (await DoneAsync(Store.LogStatsAsync(query with { Group = LogGroup.VirtualKey }))).Select(bucket => bucket.Group));
    }

    [StoreFact]
    public async Task Sweep_DeletesOldLogsWithTheirContents()
    {
        await DoneAsync(Store.AppendLogsAsync([.. Enumerable.Range(1, 1300).Select(number => LogEntryMaker.Make(number, hasContent: true))]));

        Assert.Equal(1200, await DoneAsync(Store.SweepAsync(new StoreLimits(Moment(1201)))));

        Assert.Equal(Enumerable.Range(1201, 100).Reverse(), await NumbersAsync(new LogFilter(), 1000));
        Assert.Null(await DoneAsync(Store.GetLogAsync("request-1200")));
        Assert.Equal("asked"u8.ToArray(), (await DoneAsync(Store.GetLogAsync("request-1201")))!.RequestBody.ToArray());
    }

    /// <summary>Contents are not sealed.</summary>
    private protected virtual bool FindsContents => true;

    private protected static DateTimeOffset Moment(int number) => DateTimeOffset.FromUnixTimeMilliseconds(LogEntryMaker.Start + (number * 1000L));

    private async Task<IEnumerable<int>> NumbersAsync(LogFilter filter, int limit = 50)
    {
        var page = await DoneAsync(Store.QueryLogsAsync(new LogQuery { Filter = filter, Limit = limit }));
        return page.Entries.Select(entry => int.Parse(entry.Id["request-".Length..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
