using System.Text;
using BifrostLite.Storage;
using BifrostLite.Storage.Sealing;
using BifrostLite.Storage.Sqlite;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>The suite over a sealed store, and what sealing is for.</summary>
public sealed class SealedStoreTests : StoreTests
{
    private static readonly StoreKey Key = new("the key of these tests");
    private static readonly StoreKey Other = new("another key");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-sealed");
    private IStore _inner = null!;

    private protected override bool FindsContents => false;

    private StoredRecord Secret => Record("1") with { Body = "plain-text-secret"u8.ToArray() };

    [StoreFact]
    public async Task Put_LeavesNothingReadableInTheFile()
    {
        await DoneAsync(Store.PutAsync(Secret));
        await DoneAsync(Store.AppendLogsAsync([LogEntryMaker.Make(1, hasContent: true)]));

        var stored = Encoding.UTF8.GetString([.. Directory.GetFiles(_directory.FullName).SelectMany(File.ReadAllBytes)]);

        Assert.Contains("request-1", stored);
        Assert.DoesNotContain("plain-text-secret", stored);
        Assert.DoesNotContain("answered", stored);
        Assert.True(StoreKey.IsSealed((await DoneAsync(_inner.GetAsync("job", "1")))!.Body.Span));
    }

    [StoreFact]
    public async Task Get_OfWhatAnotherKeySealed_SaysWhichKey()
    {
        await DoneAsync(new SealedStore(_inner, Other).PutAsync(Secret));

        var fault = (await Store.GetAsync("job", "1")).Fault;

        Assert.Equal(StoreFaultKind.Corrupt, fault?.Kind);
        Assert.Contains(Other.Id, fault!.Message);
        Assert.DoesNotContain("another key", fault.Message);
    }

    [StoreFact]
    public async Task Get_OfABodyThatWasMoved_IsAFault()
    {
        await DoneAsync(Store.PutAsync(Secret));
        var stolen = (await DoneAsync(_inner.GetAsync("job", "1")))!;
        await DoneAsync(_inner.PutAsync(stolen with { Id = "2" }));

        Assert.Contains("changed or moved", (await Store.GetAsync("job", "2")).Fault?.Message);
    }

    [StoreFact]
    public async Task Get_OfWhatWasStoredBeforeThereWasAKey_Works()
    {
        await DoneAsync(_inner.PutAsync(Secret));

        Assert.Equal(Secret.Body.ToArray(), (await DoneAsync(Store.GetAsync("job", "1")))!.Body.ToArray());
    }

    [StoreFact]
    public async Task Rotation_SealsAllWithTheNewKey_AndAgainDoesNothing()
    {
        for (var i = 0; i < 450; i++)
        {
            _ = (i % 2 == 0 ? Store : _inner).PutAsync(Record($"{i}") with { Body = Encoding.UTF8.GetBytes($"body {i}") });
        }

        await DoneAsync(Store.AppendLogsAsync([LogEntryMaker.Make(1, hasContent: true), LogEntryMaker.Make(2)]));

        var rotation = new KeyRotation((IBodies)_inner, Key, Other);
        Assert.Null(await rotation.RunAsync());
        Assert.Equal(451, rotation.Sealed);

        var reader = new SealedStore(_inner, Other);
        Assert.Equal("body 449"u8.ToArray(), (await DoneAsync(reader.GetAsync("job", "449")))!.Body.ToArray());
        Assert.Equal("answered"u8.ToArray(), (await DoneAsync(reader.GetLogAsync("request-1")))!.ResponseBody.ToArray());
        var again = new KeyRotation((IBodies)_inner, Key, Other);
        Assert.Null(await again.RunAsync());
        Assert.Equal(0, again.Sealed);
    }

    [StoreFact]
    public async Task Rotation_WithoutTheOldKey_ChangesNothing()
    {
        await DoneAsync(Store.PutAsync(Secret));

        Assert.Contains(Key.Id, (await new KeyRotation((IBodies)_inner, null, Other).RunAsync())?.Message);
        Assert.NotNull(await DoneAsync(Store.GetAsync("job", "1")));
    }

    private protected override Task<IStore> OpenAsync()
    {
        _inner = SqliteStore.Open(Path.Combine(_directory.FullName, "store.db"), Time).Value!;
        return Task.FromResult<IStore>(new SealedStore(_inner, Key));
    }

    private protected override Task CleanUpAsync()
    {
        _directory.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
