using BifrostLite.Cli;
using BifrostLite.Storage;
using BifrostLite.Storage.Sealing;
using BifrostLite.Storage.Sqlite;

namespace BifrostLite.Tests.Unit.Cli;

public sealed class StoreCommandsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-store-commands");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    private string StoreFile => PathOf(StoreOpening.DefaultFile);

    [Fact]
    public async Task Backup_OfAStoreInUse_CanBeOpened()
    {
        await using var store = await MakeAsync("kept");
        Assert.Equal(ExitCode.Success, await RunAsync("store", "backup", PathOf("copy.db")));

        await using var copy = SqliteStore.Open(PathOf("copy.db"), TimeProvider.System).Value!;

        Assert.NotNull((await copy.GetAsync("job", "kept")).Value);
    }

    [Fact]
    public async Task Backup_OverAFile_IsRefused()
    {
        await using var store = await MakeAsync("kept");
        File.WriteAllText(PathOf("copy.db"), "mine");

        Assert.Equal(ExitCode.Failure, await RunAsync("store", "backup", PathOf("copy.db")));
        Assert.Equal("mine", File.ReadAllText(PathOf("copy.db")));
    }

    [Fact]
    public async Task Backup_WithoutAStore_SaysSo()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("store", "backup", PathOf("copy.db")));
        Assert.Contains("no store yet", _error.ToString());
    }

    [Fact]
    public async Task Check_OfASoundStore_Succeeds()
    {
        await using var store = await MakeAsync("kept");

        Assert.Equal(ExitCode.Success, await RunAsync("store", "check"));
        Assert.Contains("is sound", _output.ToString());
    }

    [Fact]
    public async Task Check_OfADamagedStore_FailsWithAdvice()
    {
        await (await MakeAsync("kept")).DisposeAsync();
        var bytes = File.ReadAllBytes(StoreFile);
        Array.Fill(bytes, (byte)0xAA, bytes.Length / 2, bytes.Length / 4);
        File.WriteAllBytes(StoreFile, bytes);

        Assert.Equal(ExitCode.Failure, await RunAsync("store", "check"));
        Assert.Contains("back-up", _error.ToString());
    }

    [Fact]
    public async Task RotateKey_SealsWhatIsThere()
    {
        await (await MakeAsync("kept")).DisposeAsync();

        Assert.Equal(ExitCode.Success, await RunAsync("store", "rotate-key", "env.NEW_KEY"));

        await using var store = SqliteStore.Open(StoreFile, TimeProvider.System).Value!;
        Assert.True(StoreKey.IsSealed((await store.GetAsync("job", "kept")).Value!.Body.Span));
        Assert.Equal("body"u8.ToArray(), (await new SealedStore(store, new StoreKey("new")).GetAsync("job", "kept")).Value!.Body.ToArray());
        Assert.DoesNotContain("new\"", _output.ToString());
    }

    [Fact]
    public async Task RotateKey_FromAnUnsetVariable_IsRefused()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("store", "rotate-key", "env.UNSET"));
        Assert.Contains("UNSET", _error.ToString());
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    private async Task<IStore> MakeAsync(string id)
    {
        var store = SqliteStore.Open(StoreFile, TimeProvider.System).Value!;
        for (var i = 0; i < 50; i++)
        {
            await store.PutAsync(new StoredRecord { Kind = "job", Id = $"{i}", CreatedAt = DateTimeOffset.UnixEpoch, Body = new byte[2000] });
        }

        await store.PutAsync(new StoredRecord { Kind = "job", Id = id, CreatedAt = DateTimeOffset.UnixEpoch, Body = "body"u8.ToArray() });
        return store;
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        var terminal = new Terminal(_output, _error, name => name == "NEW_KEY" ? "new" : null);
        return new CommandLine(terminal, _ => Task.FromResult(ExitCode.Success)).RunAsync([.. arguments, "--app-dir", _directory.FullName]);
    }
}
