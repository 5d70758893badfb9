using BifrostLite.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BifrostLite.Tests.Unit.Configuration;

public sealed class ConfigWatcherTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly ManualTime _time = new();
    private int _loads;

    public void Dispose() => _directory.Delete(true);

    [Fact]
    public void OnChange_BurstOfEvents_ReloadsOnceAfterItSettles()
    {
        using var watcher = Watcher();
        Write("""{"version": 2}""");

        watcher.OnChange("config.json");
        _time.Advance(ConfigWatcher.Settle / 2);
        watcher.OnChange("config.json");
        _time.Advance(ConfigWatcher.Settle / 2);
        Assert.Equal(0, _loads);

        _time.Advance(ConfigWatcher.Settle / 2);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public void OnChange_SameContent_DoesNotReload()
    {
        Write("{}");
        using var watcher = Watcher();
        Write("{}");

        watcher.OnChange("config.json");
        _time.Advance(ConfigWatcher.Settle);

        Assert.Equal(0, _loads);
    }

    [Theory]
    [InlineData("logs.db", 0)]
    [InlineData("..data", 1)]
    public void OnChange_OtherFile_ReloadsOnlyForTheSwappedLink(string name, int expected)
    {
        using var watcher = Watcher();
        Write("{}");

        watcher.OnChange(name);
        _time.Advance(ConfigWatcher.Settle);

        Assert.Equal(expected, _loads);
    }

    [Fact]
    public async Task StartAsync_FileWrittenInPlace_ReloadsWithTheNextLook()
    {
        Write("{ }");
        using var watcher = Watcher();
        await watcher.StartAsync(CancellationToken.None);
        _time.Advance(ConfigWatcher.Poll);
        Assert.Equal(0, _loads);

        Write("{}");
        _time.Advance(ConfigWatcher.Poll);
        _time.Advance(ConfigWatcher.Poll);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task StartAsync_FileRenamedOver_ReloadsByItself()
    {
        Write("{}");
        var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = ConfigSourceTests.Source(() => ConfigLoadResult.Valid(new GatewayConfig()));
        source.Changed += _ => reloaded.TrySetResult();
        using var watcher = new ConfigWatcher(source, _directory.FullName, TimeProvider.System, NullLogger<ConfigWatcher>.Instance);
        await watcher.StartAsync(CancellationToken.None);

        var next = Path.Combine(_directory.FullName, "config.json.tmp");
        await File.WriteAllTextAsync(next, """{"version": 2}""");
        File.Move(next, Path.Combine(_directory.FullName, "config.json"), true);

        await reloaded.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private void Write(string json) => File.WriteAllText(Path.Combine(_directory.FullName, "config.json"), json);

    private ConfigWatcher Watcher() => new(
        ConfigSourceTests.Source(() =>
        {
            _loads++;
            return ConfigLoadResult.Valid(new GatewayConfig());
        }),
        _directory.FullName,
        _time,
        NullLogger<ConfigWatcher>.Instance);
}
