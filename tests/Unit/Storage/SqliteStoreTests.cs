using BifrostLite.Storage;
using BifrostLite.Storage.Sqlite;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>The suite over SQLite, and what only a file can do.</summary>
public sealed class SqliteStoreTests : StoreTests
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-store");

    private string StoreFile => Path.Combine(_directory.FullName, "store.db");

    [Fact]
    public async Task Open_AfterClosing_FindsWhatWasPut()
    {
        await PutAsync("1");
        await Store.DisposeAsync();

        await using var again = SqliteStore.Open(StoreFile, Time).Value!;

        Assert.NotNull(await DoneAsync(again.GetAsync("job", "1")));
    }

    [Fact]
    public void Open_OfWhatIsNoDatabase_SaysTheWayOut()
    {
        var file = Path.Combine(_directory.FullName, "other.db");
        File.WriteAllText(file, "this is no database, but it is long enough to look like one if nobody looks");

        var opened = SqliteStore.Open(file, Time);

        Assert.Equal(StoreFaultKind.Corrupt, opened.Fault?.Kind);
        Assert.Contains(file, opened.Fault!.Message);
        Assert.Contains("move it away", opened.Fault.Message);
    }

    [Fact]
    public async Task Open_OfADamagedDatabase_IsRefused()
    {
        for (var i = 0; i < 200; i++)
        {
            _ = Store.PutAsync(Record($"{i}") with { Body = new byte[1000] });
        }

        await PutAsync("last");
        await Store.DisposeAsync();
        var bytes = File.ReadAllBytes(StoreFile);
        Array.Fill(bytes, (byte)0xAA, bytes.Length / 2, 8192);
        File.WriteAllBytes(StoreFile, bytes);

        Assert.Equal(StoreFaultKind.Corrupt, SqliteStore.Open(StoreFile, Time).Fault?.Kind);
    }

    [Fact]
    public void Open_InADirectoryThatIsNotThere_SaysSo()
    {
        var opened = SqliteStore.Open(Path.Combine(_directory.FullName, "nowhere", "store.db"), Time);

        Assert.Equal(StoreFaultKind.Unavailable, opened.Fault?.Kind);
        Assert.Contains("directory must exist", opened.Fault!.Message);
    }

    [Fact]
    public async Task Open_OfANewerVersionsFile_IsRefused()
    {
        await Store.DisposeAsync();
        using (var connection = new SqliteConnection(StoreFile, SqliteNative.OpenReadWrite))
        {
            connection.Execute("INSERT INTO lite_schema VALUES (1000, 'later')");
        }

        Assert.Contains("newer bifrost-lite", SqliteStore.Open(StoreFile, Time).Fault?.Message);
    }

    [Fact]
    public async Task Open_OfVersion1_BringsTheLogOver()
    {
        var file = Path.Combine(_directory.FullName, "old.db");
        var entries = Enumerable.Range(1, 3).Select(number => LogEntryMaker.Make(number, error: number == 3 ? "server" : "")).ToArray();
        using (var connection = new SqliteConnection(file, SqliteNative.OpenReadWrite | SqliteNative.OpenCreate))
        {
            connection.Execute("CREATE TABLE lite_schema (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL); INSERT INTO lite_schema VALUES (1, '')");
            connection.Execute(SqliteSchema.Steps[0]);
            Array.ForEach(entries, entry => connection.Execute(LogEntryMaker.InsertIntoVersion1(entry)));
            connection.Execute("INSERT INTO lite_log_contents VALUES (2, 'asked', 'answered')");
        }

        await using var store = SqliteStore.Open(file, Time).Value!;

        foreach (var entry in entries)
        {
            LogEntryMaker.AssertSame(entry, await DoneAsync(store.GetLogAsync(entry.Id)));
        }

        Assert.Equal("answered"u8.ToArray(), (await DoneAsync(store.GetLogAsync("request-2")))!.ResponseBody.ToArray());
        await DoneAsync(store.AppendLogsAsync([LogEntryMaker.Make(4)]));
        Assert.Equal(1, await DoneAsync(store.DeleteLogsAsync(["request-1"])));
        Assert.NotNull(await DoneAsync(store.GetLogAsync("request-2")));
        Assert.NotNull(await DoneAsync(store.GetLogAsync("request-4")));
        var page = await DoneAsync(store.QueryLogsAsync(new LogQuery { Filter = new LogFilter { From = Moment(2) } }));
        Assert.Equal(["request-4", "request-3", "request-2"], page.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public async Task Open_OfAnotherProgramsDatabase_LeavesItsTablesAlone()
    {
        var file = Path.Combine(_directory.FullName, "theirs.db");
        using (var connection = new SqliteConnection(file, SqliteNative.OpenReadWrite | SqliteNative.OpenCreate))
        {
            connection.Execute("CREATE TABLE logs (id TEXT); INSERT INTO logs VALUES ('theirs')");
        }

        await using (var store = SqliteStore.Open(file, Time).Value!)
        {
            await DoneAsync(store.PutAsync(Record("1")));
        }

        using var after = new SqliteConnection(file, SqliteNative.OpenReadOnly);
        Assert.Equal("theirs", after.ReadText("SELECT id FROM logs"));
    }

    [Fact]
    public async Task Open_MakesFilesOnlyThisUserCanRead()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await PutAsync("1");

        foreach (var file in Directory.GetFiles(_directory.FullName))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task Sweep_OverTheSize_DeletesTheOldestAndShrinksTheFile()
    {
        await DoneAsync(Store.AppendLogsAsync([.. Enumerable.Range(1, 5000).Select(number => LogEntryMaker.Make(number, hasContent: true))]));

        var deleted = await DoneAsync(Store.SweepAsync(new StoreLimits(DateTimeOffset.UnixEpoch, 1 << 20)));

        Assert.InRange(deleted, 500, 4500);
        Assert.NotNull(await DoneAsync(Store.GetLogAsync("request-5000")));
        Assert.Null(await DoneAsync(Store.GetLogAsync("request-1")));
        await Store.DisposeAsync();
        Assert.InRange(new FileInfo(StoreFile).Length, 1, 1_200_000);
    }

    [Fact]
    public async Task Put_WhileAnotherProgramHoldsTheFile_IsAFaultForAllAtOnce()
    {
        await Store.DisposeAsync();
        await using var store = SqliteStore.Open(StoreFile, Time, connection => connection.Execute("PRAGMA busy_timeout=1")).Value!;
        using var other = new SqliteConnection(StoreFile, SqliteNative.OpenReadWrite);
        other.Execute("BEGIN IMMEDIATE");

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.PutAsync(Record($"{i}"))));
        other.Execute("ROLLBACK");

        Assert.All(results, result => Assert.Equal(StoreFaultKind.Locked, result.Fault?.Kind));
        await DoneAsync(store.PutAsync(Record("after")));
        Assert.Null(store.Health.Fault);
    }

    [Fact]
    public async Task Call_AfterClosing_IsAFault()
    {
        await Store.DisposeAsync();

        Assert.Equal(StoreFaultKind.Unavailable, (await Store.PutAsync(Record("1"))).Fault?.Kind);
    }

    [Fact]
    public async Task Put_WhenTheDiskIsFull_IsAFaultAndReadingGoesOn()
    {
        await PutAsync("1");
        await Store.DisposeAsync();
        await using var store = SqliteStore.Open(StoreFile, Time, connection => connection.Execute("PRAGMA max_page_count=40")).Value!;

        var full = await store.PutAsync(Record("2") with { Body = new byte[1_000_000] });

        Assert.Equal(StoreFaultKind.Full, full.Fault?.Kind);
        Assert.Equal(StoreFaultKind.Full, store.Health.Fault?.Kind);
        Assert.NotNull(await DoneAsync(store.GetAsync("job", "1")));
        Assert.Null(await DoneAsync(store.GetAsync("job", "2")));
        Assert.Equal(StoreFaultKind.Full, store.Health.Fault?.Kind);
        await DoneAsync(store.PutAsync(Record("3")));
        Assert.Null(store.Health.Fault);
        Assert.Equal(1, store.Health.Failures);
    }

    [Fact]
    public async Task Put_WhereNothingCanBeWritten_IsAFaultAndReadingGoesOn()
    {
        await PutAsync("1");
        await Store.DisposeAsync();
        await using var store = SqliteStore.Open(StoreFile, Time, connection => connection.Execute("PRAGMA query_only=ON")).Value!;

        Assert.Equal(StoreFaultKind.ReadOnly, (await store.PutAsync(Record("2"))).Fault?.Kind);
        Assert.Equal(StoreFaultKind.ReadOnly, (await store.AppendLogsAsync([LogEntryMaker.Make(1)])).Fault?.Kind);
        Assert.NotNull(await DoneAsync(store.GetAsync("job", "1")));
    }

    [Fact]
    public async Task Read_OfAFileThatIsDamagedWhileOpen_IsAFault()
    {
        await DoneAsync(Store.AppendLogsAsync([.. Enumerable.Range(1, 2000).Select(number => LogEntryMaker.Make(number, hasContent: true))]));
        await Store.DisposeAsync();
        await using var store = SqliteStore.Open(StoreFile, Time).Value!;
        using (var file = new FileStream(StoreFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            var junk = new byte[file.Length - 8192];
            Array.Fill(junk, (byte)0xAA);
            file.Position = 8192;
            file.Write(junk);
        }

        Assert.Equal(StoreFaultKind.Corrupt, (await store.GetLogAsync("request-1")).Fault?.Kind);
        Assert.Equal(StoreFaultKind.Corrupt, store.Health.Fault?.Kind);
    }

    [Fact]
    public async Task Put_OneOfManyFails_TheOthersAreKept()
    {
        await Store.DisposeAsync();
        await using var store = SqliteStore.Open(StoreFile, Time, connection => connection.Execute("PRAGMA max_page_count=60")).Value!;

        var calls = Enumerable.Range(0, 20).Select(i => store.PutAsync(Record($"{i}") with { Body = new byte[i == 10 ? 1_000_000 : 10] })).ToArray();
        var results = await Task.WhenAll(calls);

        Assert.Equal([10], Enumerable.Range(0, 20).Where(i => !results[i].IsDone));
        Assert.Equal(19, (await DoneAsync(store.ListAsync(new RecordQuery { Kind = "job" }))).Count);
    }

    private protected override Task<IStore> OpenAsync() => Task.FromResult(SqliteStore.Open(StoreFile, Time).Value!);

    private protected override Task CleanUpAsync()
    {
        _directory.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
